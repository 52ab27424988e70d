// Two events per step: the bytes of their weight rows are interleaved, so that one vpmaddubsw
// multiplies both and adds the pair. Sums of pairs stay in 16 bits while narrow_limit allows; where
// it allows less than two pairs, products are formed in 32 bits, one event at a time.
#include <immintrin.h>

#include "kernels/event_conv.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

// The events of one window. Address of an event's weights: rows + its offset.
struct Window {
  const std::uint8_t* values;
  const std::uint32_t* offsets;
  std::uint32_t first;
  std::uint32_t last;
  std::uintptr_t rows;

  [[nodiscard]] const __m256i* row(std::uint32_t event) const {
    return reinterpret_cast<const __m256i*>(rows + offsets[event]);
  }
};

// 64 potentials, in order.
struct Sums {
  __m256i vectors[8];
};

// 16-bit sums of 32 neurons: 16L + 0..7 and 16L + 8..15, L being the 128-bit lane.
struct NarrowSums {
  __m256i low;
  __m256i high;
};

inline void add_pair(const Window& window, std::uint32_t event, NarrowSums (&halves)[2]) {
  std::int16_t both;
  __builtin_memcpy(&both, window.values + event, sizeof both);
  const __m256i x = _mm256_set1_epi16(both);
  AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
    const __m256i row0 = _mm256_loadu_si256(window.row(event) + h);
    const __m256i row1 = _mm256_loadu_si256(window.row(event + 1) + h);
    const __m256i low = _mm256_maddubs_epi16(x, _mm256_unpacklo_epi8(row0, row1));
    const __m256i high = _mm256_maddubs_epi16(x, _mm256_unpackhi_epi8(row0, row1));
    halves[h].low = _mm256_add_epi16(halves[h].low, low);
    halves[h].high = _mm256_add_epi16(halves[h].high, high);
  }
}

inline void widen(const NarrowSums& narrow, __m256i* sums) {
  const __m128i in_order[4] = {
      _mm256_castsi256_si128(narrow.low), _mm256_castsi256_si128(narrow.high),
      _mm256_extracti128_si256(narrow.low, 1), _mm256_extracti128_si256(narrow.high, 1)};
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
    sums[v] = _mm256_add_epi32(sums[v], _mm256_cvtepi16_epi32(in_order[v]));
  }
}

inline void store(const Sums& sums, std::int32_t* potentials) {
  AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(potentials + 8 * v), sums.vectors[v]);
  }
}

// `step` is the number of events, a multiple of 4, whose pairs fit 16 bits.
__attribute__((noinline)) void pull_pairs(const Window& window, std::uint32_t step,
                                          std::int32_t* potentials) {
  Sums sums;
  AKIDA_UNROLL for (__m256i& vector : sums.vectors) vector = _mm256_setzero_si256();
  for (std::uint32_t e = window.first; e < window.last;) {
    const std::uint32_t stop = window.last - e < step ? window.last : e + step;
    const __m256i zero = _mm256_setzero_si256();
    NarrowSums halves[2] = {{zero, zero}, {zero, zero}};
    for (; e < stop; e += 4) {
      add_pair(window, e, halves);
      add_pair(window, e + 2, halves);
    }
    widen(halves[0], sums.vectors);
    widen(halves[1], sums.vectors + 4);
  }
  store(sums, potentials);
}

__attribute__((noinline)) void pull_single(const Window& window, std::int32_t* potentials) {
  Sums sums;
  AKIDA_UNROLL for (__m256i& vector : sums.vectors) vector = _mm256_setzero_si256();
  for (std::uint32_t e = window.first; e < window.last; ++e) {
    const __m256i x = _mm256_set1_epi32(window.values[e]);  // as 16-bit pairs: (value, 0)
    const auto* row = reinterpret_cast<const std::int8_t*>(window.row(e));
    AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
      const __m128i eight = _mm_loadu_si64(row + 8 * v);
      const __m256i weight = _mm256_cvtepi8_epi32(eight);
      sums.vectors[v] = _mm256_add_epi32(sums.vectors[v], _mm256_madd_epi16(weight, x));
    }
  }
  store(sums, potentials);
}

}  // namespace

void event_conv_avx2(const EventStream& stream, const EventWindows& windows,
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
