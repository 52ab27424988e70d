// Weight rows are added as 8-bit integers, one instruction per event and 64 neurons, and widened to
// 16 bits every narrow_limit events and to 32 bits every 256 times that.
#include <immintrin.h>

#include "kernels/event_add.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

constexpr std::uint32_t kNarrowSumsPerWord = 256;  // 256 * 127 < 2^15

struct Rows {
  const std::uint32_t* offsets;
  std::uintptr_t base;  // address of an event's weights: base + its offset

  [[nodiscard]] __m512i load(std::uint32_t event) const {
    return _mm512_loadu_si512(reinterpret_cast<const void*>(base + offsets[event]));
  }
};

// Sum of at most narrow_limit rows.
inline __m512i add_rows(const Rows& rows, std::uint32_t first, std::uint32_t last) {
  __m512i even = _mm512_setzero_si512();
  __m512i odd = _mm512_setzero_si512();
  std::uint32_t e = first;
  for (; last - e >= 2; e += 2) {
    even = _mm512_add_epi8(even, rows.load(e));
    odd = _mm512_add_epi8(odd, rows.load(e + 1));
  }
  if (e < last) even = _mm512_add_epi8(even, rows.load(e));
  return _mm512_add_epi8(even, odd);
}

inline std::uint32_t end_of(std::uint32_t first, std::uint32_t last, std::uint32_t step) {
  return last - first < step ? last : first + step;
}

__attribute__((noinline)) void pull(const Rows& rows, std::uint32_t first, std::uint32_t last,
                                    std::uint32_t limit, std::int32_t* potentials) {
  __m512i sums[4];
  AKIDA_UNROLL for (__m512i& vector : sums) vector = _mm512_setzero_si512();
  for (std::uint32_t e = first; e < last;) {
    const std::uint32_t words_end = end_of(e, last, limit * kNarrowSumsPerWord);
    __m512i words[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    while (e < words_end) {
      const std::uint32_t bytes_end = end_of(e, words_end, limit);
      const __m512i bytes = add_rows(rows, e, bytes_end);
      e = bytes_end;
      words[0] = _mm512_add_epi16(words[0], _mm512_cvtepi8_epi16(_mm512_castsi512_si256(bytes)));
      words[1] =
          _mm512_add_epi16(words[1], _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(bytes, 1)));
    }
    AKIDA_UNROLL for (int w = 0; w < 2; ++w) {
      const __m256i low = _mm512_castsi512_si256(words[w]);
      const __m256i high = _mm512_extracti64x4_epi64(words[w], 1);
      sums[2 * w] = _mm512_add_epi32(sums[2 * w], _mm512_cvtepi16_epi32(low));
      sums[2 * w + 1] = _mm512_add_epi32(sums[2 * w + 1], _mm512_cvtepi16_epi32(high));
    }
  }
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) _mm512_storeu_si512(potentials + 16 * v, sums[v]);
}

}  // namespace

void event_add_avx512(const EventStream& stream, const EventWindows& windows,
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
