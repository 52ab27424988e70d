// Weight rows are added as 8-bit integers, two instructions per event and 64 neurons, and widened
// to 32 bits every narrow_limit events.
#include <immintrin.h>

#include "kernels/event_add.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

struct Rows {
  const std::uint32_t* offsets;
  std::uintptr_t base;  // address of an event's weights: base + its offset

  [[nodiscard]] __m256i load(std::uint32_t event, int half) const {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(base + offsets[event]) + half);
  }
};

// Adds 32 bytes to 32 sums.
inline void widen(__m256i bytes, __m256i* sums) {
  const __m128i parts[2] = {_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1)};
  AKIDA_UNROLL for (int v = 0; v < 2; ++v) {
    const __m256i low = _mm256_cvtepi8_epi32(parts[v]);
    const __m256i high = _mm256_cvtepi8_epi32(_mm_srli_si128(parts[v], 8));
    sums[2 * v] = _mm256_add_epi32(sums[2 * v], low);
    sums[2 * v + 1] = _mm256_add_epi32(sums[2 * v + 1], high);
  }
}

__attribute__((noinline)) void pull(const Rows& rows, std::uint32_t first, std::uint32_t last,
                                    std::uint32_t limit, std::int32_t* potentials) {
  __m256i sums[8];
  AKIDA_UNROLL for (__m256i& vector : sums) vector = _mm256_setzero_si256();
  for (std::uint32_t e = first; e < last;) {
    const std::uint32_t stop = last - e < limit ? last : e + limit;
    __m256i bytes[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (; e < stop; ++e) {
      bytes[0] = _mm256_add_epi8(bytes[0], rows.load(e, 0));
      bytes[1] = _mm256_add_epi8(bytes[1], rows.load(e, 1));
    }
    widen(bytes[0], sums);
    widen(bytes[1], sums + 4);
  }
  AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(potentials + 8 * v), sums[v]);
  }
}

}  // namespace

void event_add_avx2(const EventStream& stream, const EventWindows& windows,
                    const std::int8_t* weights, std::int32_t* potentials,
                    std::ptrdiff_t potential_stride) {
  const std::size_t block_bytes = static_cast<std::size_t>(windows.kernel_width) *
                                  static_cast<std::size_t>(windows.column_bytes);
  const auto limit = static_cast<std::uint32_t>(windows.narrow_limit);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    const std::uintptr_t block_weights =
        reinterpret_cast<std::uintptr_t>(weights) + static_cast<std::size_t>(block) * block_bytes;
    std::int32_t* out = potentials + block * kEventNeurons;
    for (std::int32_t p = 0; p < windows.pixels; ++p, out += potential_stride) {
      const std::int32_t column = p * windows.stride_x;
      const Rows rows = {stream.offsets,
                         block_weights - static_cast<std::size_t>(column) *
                                             static_cast<std::size_t>(windows.column_bytes)};
      pull(rows, stream.starts[column], stream.starts[column + windows.kernel_width], limit, out);
    }
  }
}

}  // namespace akida::kernels
