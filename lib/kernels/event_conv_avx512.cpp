// Two events per step: the bytes of their weight rows are interleaved, so that one vpmaddubsw
// multiplies both and adds the pair. Sums of pairs stay in 16 bits while narrow_limit allows; where
// it allows less than two pairs, products are formed in 32 bits, one event at a time.
#include <immintrin.h>

#include "kernels/event_conv.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

// The events of one window. Address of an event's weights: rows + its offset.
struct Window {
  const std::uint8_t* values;
  const std::uint32_t* offsets;
  std::uint32_t first;
  std::uint32_t last;
  std::uintptr_t rows;

  [[nodiscard]] const void* row(std::uint32_t event) const {
    return reinterpret_cast<const void*>(rows + offsets[event]);
  }
};

// 64 potentials, in order.
struct Sums {
  __m512i vectors[4];
};

// Adds the pair of events at `event` to 16-bit sums of neurons 16L + 0..7 and 16L + 8..15, L being
// the 128-bit lane.
inline void add_pair(const Window& window, std::uint32_t event, __m512i& low, __m512i& high) {
  const __m512i row0 = _mm512_loadu_si512(window.row(event));
  const __m512i row1 = _mm512_loadu_si512(window.row(event + 1));
  std::int16_t both;
  __builtin_memcpy(&both, window.values + event, sizeof both);
  const __m512i x = _mm512_set1_epi16(both);
  low = _mm512_add_epi16(low, _mm512_maddubs_epi16(x, _mm512_unpacklo_epi8(row0, row1)));
  high = _mm512_add_epi16(high, _mm512_maddubs_epi16(x, _mm512_unpackhi_epi8(row0, row1)));
}

inline void widen(__m512i low, __m512i high, Sums& sums) {
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  const __m512i halves[2] = {_mm512_permutex2var_epi64(low, first, high),
                             _mm512_permutex2var_epi64(low, second, high)};
  AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
    const __m256i even = _mm512_castsi512_si256(halves[h]);
    const __m256i odd = _mm512_extracti64x4_epi64(halves[h], 1);
    sums.vectors[2 * h] = _mm512_add_epi32(sums.vectors[2 * h], _mm512_cvtepi16_epi32(even));
    sums.vectors[2 * h + 1] = _mm512_add_epi32(sums.vectors[2 * h + 1], _mm512_cvtepi16_epi32(odd));
  }
}

// `step` is the number of events, a multiple of 4, whose pairs fit 16 bits.
__attribute__((noinline)) void pull_pairs(const Window& window, std::uint32_t step,
                                          std::int32_t* potentials) {
  Sums sums;
  AKIDA_UNROLL for (__m512i& vector : sums.vectors) vector = _mm512_setzero_si512();
  for (std::uint32_t e = window.first; e < window.last;) {
    const std::uint32_t stop = window.last - e < step ? window.last : e + step;
    __m512i low = _mm512_setzero_si512();
    __m512i high = _mm512_setzero_si512();
    for (; e < stop; e += 4) {
      add_pair(window, e, low, high);
      add_pair(window, e + 2, low, high);
    }
    widen(low, high, sums);
  }
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
    _mm512_storeu_si512(potentials + 16 * v, sums.vectors[v]);
  }
}

__attribute__((noinline)) void pull_single(const Window& window, std::int32_t* potentials) {
  Sums sums;
  AKIDA_UNROLL for (__m512i& vector : sums.vectors) vector = _mm512_setzero_si512();
  for (std::uint32_t e = window.first; e < window.last; ++e) {
    const __m512i x = _mm512_set1_epi32(window.values[e]);  // as 16-bit pairs: (value, 0)
    const auto* row = static_cast<const __m128i*>(window.row(e));
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      const __m512i weight = _mm512_cvtepi8_epi32(_mm_loadu_si128(row + v));
      sums.vectors[v] = _mm512_add_epi32(sums.vectors[v], _mm512_madd_epi16(weight, x));
    }
  }
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
    _mm512_storeu_si512(potentials + 16 * v, sums.vectors[v]);
  }
}

}  // namespace

void event_conv_avx512(const EventStream& stream, const EventWindows& windows,
                       const std::int8_t* weights, std::int32_t* potentials,
                       std::ptrdiff_t potential_stride) {
  const std::size_t block_bytes = static_cast<std::size_t>(windows.kernel_width) *
                                  static_cast<std::size_t>(windows.column_bytes);
  const auto step = static_cast<std::uint32_t>(windows.narrow_limit) / 2 * 4;
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    const std::uintptr_t block_weights =
        reinterpret_cast<std::uintptr_t>(weights) + static_cast<std::size_t>(block) * block_bytes;
    std::int32_t* out = potentials + block * kEventNeurons;
    for (std::int32_t p = 0; p < windows.pixels; ++p, out += potential_stride) {
      const std::int32_t column = p * windows.stride_x;
      const Window window = {stream.values, stream.offsets, stream.starts[column],
                             stream.starts[column + windows.kernel_width],
                             block_weights - static_cast<std::size_t>(column) *
                                                 static_cast<std::size_t>(windows.column_bytes)};
      if (step != 0) {
        pull_pairs(window, step, out);
      } else {
        pull_single(window, out);
      }
    }
  }
}

}  // namespace akida::kernels
