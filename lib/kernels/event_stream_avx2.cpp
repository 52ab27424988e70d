// 32 channels at a time: a mask of the non-zero bytes, then one step per set bit.
#include <immintrin.h>

#include "kernels/event_stream.h"

namespace akida::kernels {
namespace {

void store_pairs(const EventStream& stream, std::uint32_t count) {
  for (std::uint32_t e = 0; e < count; e += 16) {
    const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(stream.values + e));
    const __m256i pairs = _mm256_cvtepu16_epi32(values);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(stream.pairs + e / 2),
                        _mm256_or_si256(pairs, _mm256_slli_epi32(pairs, 16)));
  }
}

}  // namespace

void event_stream_avx2(const EventRows& rows, std::int32_t group, const EventStream& stream) {
  const auto align = static_cast<std::uint32_t>(group);
  const std::uint32_t step = static_cast<std::uint32_t>(rows.kernel_width) * kEventNeurons;
  std::uint32_t n = 0;
  for (std::int32_t x = 0; x < rows.columns; ++x) {
    stream.starts[x] = n;
    const std::uint32_t column_offset = static_cast<std::uint32_t>(x) * kEventNeurons;
    std::uint32_t offset = column_offset;
    const std::uint8_t* cell = rows.input + static_cast<std::ptrdiff_t>(x) * rows.channels;
    for (std::int32_t row = 0; row < rows.rows; ++row, cell += rows.row_stride) {
      for (std::int32_t c = 0; c < rows.channels; c += 32) {
        const std::int32_t count = rows.channels - c < 32 ? rows.channels - c : 32;
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(cell + c));
        const __m256i is_zero = _mm256_cmpeq_epi8(bytes, _mm256_setzero_si256());
        std::uint32_t nonzero = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(is_zero));
        nonzero = _bzhi_u32(nonzero, static_cast<std::uint32_t>(count));
        for (; nonzero != 0; nonzero = _blsr_u32(nonzero), ++n) {
          const std::uint32_t lane = _tzcnt_u32(nonzero);
          stream.values[n] = cell[c + static_cast<std::int32_t>(lane)];
          stream.offsets[n] = offset + lane * step;
        }
        offset += static_cast<std::uint32_t>(count) * step;
      }
    }
    for (; (n & (align - 1)) != 0; ++n) {
      stream.values[n] = 0;
      stream.offsets[n] = column_offset;
    }
  }
  stream.starts[rows.columns] = n;
  if (group == 2) store_pairs(stream, n);
}

}  // namespace akida::kernels
