// Two events per step: the bytes of their weight rows are interleaved, so that one vpmaddubsw
// multiplies both and adds the pair. Sums of pairs stay in 16 bits while narrow_limit allows; where
// it allows no pair, each product is widened on its own.
#include <immintrin.h>

#include "kernels/event_conv.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

// The events first..last - 1 of one window. Address of an event's weights: rows + its offset.
struct Window {
  std::uint32_t first;
  std::uint32_t last;
  std::uintptr_t rows;

  [[nodiscard]] const void* row(std::uint32_t offset) const {
    return reinterpret_cast<const void*>(rows + offset);
  }
};

// 64 potentials, in order.
struct Sums {
  __m512i vectors[4];
};

// 16-bit sums in row order.
struct NarrowSums {
  __m512i low;
  __m512i high;
};

inline NarrowSums add_pairs(const EventStream& stream, const Window& window, std::uint32_t first,
                            std::uint32_t last) {
  NarrowSums sums = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  const std::uint32_t* offsets = stream.offsets + first;
  const std::uint32_t* const end = stream.pairs + last / 2;
  for (const std::uint32_t* pair = stream.pairs + first / 2; pair != end; ++pair, offsets += 2) {
    const __m512i row0 = _mm512_loadu_si512(window.row(offsets[0]));
    const __m512i row1 = _mm512_loadu_si512(window.row(offsets[1]));
    const __m512i x = _mm512_set1_epi32(static_cast<int>(*pair));
    const __m512i low = _mm512_maddubs_epi16(x, _mm512_unpacklo_epi8(row0, row1));
    const __m512i high = _mm512_maddubs_epi16(x, _mm512_unpackhi_epi8(row0, row1));
    sums.low = _mm512_add_epi16(sums.low, low);
    sums.high = _mm512_add_epi16(sums.high, high);
  }
  return sums;
}

// Sign-extended words, in the order of neurons: see event_row_byte().
inline Sums widen(const NarrowSums& narrow) {
  return {{_mm512_srai_epi32(_mm512_slli_epi32(narrow.low, 16), 16),
           _mm512_srai_epi32(narrow.low, 16),
           _mm512_srai_epi32(_mm512_slli_epi32(narrow.high, 16), 16),
           _mm512_srai_epi32(narrow.high, 16)}};
}

// `step` is the number of events whose pairs fit 16 bits.
inline Sums pull_pairs(const EventStream& stream, const Window& window, std::uint32_t step) {
  std::uint32_t stop = window.last - window.first <= step ? window.last : window.first + step;
  Sums sums = widen(add_pairs(stream, window, window.first, stop));
  while (__builtin_expect(stop != window.last, 0)) {
    const std::uint32_t first = stop;
    stop = window.last - first <= step ? window.last : first + step;
    const Sums more = widen(add_pairs(stream, window, first, stop));
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      sums.vectors[v] = _mm512_add_epi32(sums.vectors[v], more.vectors[v]);
    }
  }
  return sums;
}

inline Sums pull_singles(const EventStream& stream, const Window& window) {
  const __m512i zero = _mm512_setzero_si512();
  Sums sums = {{zero, zero, zero, zero}};
  for (std::uint32_t e = window.first; e < window.last; ++e) {
    const __m512i x = _mm512_set1_epi16(stream.values[e]);
    const __m512i row = _mm512_loadu_si512(window.row(stream.offsets[e]));
    // Interleaved with itself, a byte is both halves of its word: the upper one is the weight.
    const __m512i low = _mm512_srai_epi16(_mm512_unpacklo_epi8(row, row), 8);
    const __m512i high = _mm512_srai_epi16(_mm512_unpackhi_epi8(row, row), 8);
    // 255 * 128 < 2^15: one product fits a word.
    const Sums more = widen({_mm512_mullo_epi16(low, x), _mm512_mullo_epi16(high, x)});
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      sums.vectors[v] = _mm512_add_epi32(sums.vectors[v], more.vectors[v]);
    }
  }
  return sums;
}

}  // namespace

void event_conv_avx512(const EventStream& stream_in, const EventWindows& windows_in,
                       const std::int8_t* weights, std::int32_t* potentials,
                       std::ptrdiff_t potential_stride) {
  // Copies, which the stores of vectors cannot alias: the compiler may keep them in registers.
  const EventStream stream = stream_in;
  const EventWindows windows = windows_in;
  const std::size_t block_bytes = static_cast<std::size_t>(windows.kernel_width) *
                                  static_cast<std::size_t>(windows.column_bytes);
  const std::uint32_t step = 2 * static_cast<std::uint32_t>(windows.narrow_limit);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    std::uintptr_t rows =
        reinterpret_cast<std::uintptr_t>(weights) + static_cast<std::size_t>(block) * block_bytes;
    std::int32_t* out = potentials + block * kEventNeurons;
    const std::uint32_t* start = stream.starts;
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      const Window window = {start[0], start[windows.kernel_width], rows};
      const Sums sums = step != 0 ? pull_pairs(stream, window, step) : pull_singles(stream, window);
      AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
        _mm512_storeu_si512(out + 16 * v, sums.vectors[v]);
      }
      start += windows.stride_x;
      rows -= static_cast<std::size_t>(windows.stride_x) *
              static_cast<std::size_t>(windows.column_bytes);
      out += potential_stride;
    }
  }
}

}  // namespace akida::kernels
