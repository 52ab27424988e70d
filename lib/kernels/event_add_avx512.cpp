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

// Even bytes of a row are the neurons of v = 0 and 2, odd ones those of v = 1 and 3 of
// event_row_byte(), each with 4 neurons of both in the halves of every 128-bit lane.
struct Sums {
  __m512i vectors[4];
};

inline void widen_words(__m512i even, __m512i odd, Sums& sums) {
  const __m512i words[2] = {even, odd};
  AKIDA_UNROLL for (int parity = 0; parity < 2; ++parity) {
    const __m512i w = words[parity];
    __m512i& first = sums.vectors[parity];
    __m512i& second = sums.vectors[2 + parity];
    first = _mm512_add_epi32(first, _mm512_srai_epi32(_mm512_unpacklo_epi16(w, w), 16));
    second = _mm512_add_epi32(second, _mm512_srai_epi32(_mm512_unpackhi_epi16(w, w), 16));
  }
}

inline Sums pull(const Rows& rows, std::uint32_t first, std::uint32_t last, std::uint32_t limit) {
  const __m512i zero = _mm512_setzero_si512();
  Sums sums = {{zero, zero, zero, zero}};
  for (std::uint32_t e = first; e < last;) {
    const std::uint32_t words_end = end_of(e, last, limit * kNarrowSumsPerWord);
    __m512i even = zero;
    __m512i odd = zero;
    while (e < words_end) {
      const std::uint32_t bytes_end = end_of(e, words_end, limit);
      const __m512i bytes = add_rows(rows, e, bytes_end);
      e = bytes_end;
      even = _mm512_add_epi16(even, _mm512_srai_epi16(_mm512_slli_epi16(bytes, 8), 8));
      odd = _mm512_add_epi16(odd, _mm512_srai_epi16(bytes, 8));
    }
    widen_words(even, odd, sums);
  }
  return sums;
}

}  // namespace

void event_add_avx512(const EventStream& stream, const EventWindows& windows,
                      const std::int8_t* weights, std::int32_t* potentials,
                      std::ptrdiff_t potential_stride) {
  const auto limit = static_cast<std::uint32_t>(windows.narrow_limit);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    Rows rows = {stream.offsets, reinterpret_cast<std::uintptr_t>(weights) +
                                     static_cast<std::size_t>(block) * windows.block_bytes};
    std::int32_t* out = potentials + block * kEventNeurons;
    const std::uint32_t* start = stream.starts;
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      const Sums sums = pull(rows, start[0], start[windows.kernel_width], limit);
      AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
        _mm512_storeu_si512(out + 16 * v, sums.vectors[v]);
      }
      start += windows.stride_x;
      rows.base -= static_cast<std::size_t>(windows.stride_x) * kEventNeurons;
      out += potential_stride;
    }
  }
}

}  // namespace akida::kernels
