// Two events per step: the bytes of their weight rows are interleaved, so that one vpmaddubsw
// multiplies both and adds the pair. Sums of pairs stay in 16 bits while narrow_limit allows; where
// it allows no pair, each product is widened on its own. A row is two halves of 32 bytes, each with
// 8 neurons of every 16.
#include <immintrin.h>

#include "kernels/event_conv.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

// The events first..last - 1 of one window. Address of an event's weights: rows + its offset.
struct Window {
  std::uint32_t first;
  std::uint32_t last;
  std::uintptr_t rows;

  [[nodiscard]] const __m256i* row(std::uint32_t offset) const {
    return reinterpret_cast<const __m256i*>(rows + offset);
  }
};

// vectors[h][v] has neurons 16v + 8h + 0..7.
struct Sums {
  __m256i vectors[2][4];
};

// 16-bit sums of one half of a row, in row order.
struct NarrowSums {
  __m256i low;
  __m256i high;
};

inline void add_pair(const __m256i* row0, const __m256i* row1, __m256i x, NarrowSums (&halves)[2]) {
  AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
    const __m256i bytes0 = _mm256_loadu_si256(row0 + h);
    const __m256i bytes1 = _mm256_loadu_si256(row1 + h);
    const __m256i low = _mm256_maddubs_epi16(x, _mm256_unpacklo_epi8(bytes0, bytes1));
    const __m256i high = _mm256_maddubs_epi16(x, _mm256_unpackhi_epi8(bytes0, bytes1));
    halves[h].low = _mm256_add_epi16(halves[h].low, low);
    halves[h].high = _mm256_add_epi16(halves[h].high, high);
  }
}

// Adds the sign-extended words, in the order of neurons: see event_row_byte().
inline void widen(const NarrowSums& narrow, __m256i (&sums)[4]) {
  const __m256i words[4] = {_mm256_srai_epi32(_mm256_slli_epi32(narrow.low, 16), 16),
                            _mm256_srai_epi32(narrow.low, 16),
                            _mm256_srai_epi32(_mm256_slli_epi32(narrow.high, 16), 16),
                            _mm256_srai_epi32(narrow.high, 16)};
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) sums[v] = _mm256_add_epi32(sums[v], words[v]);
}

// `step` is the number of events whose pairs fit 16 bits.
inline void pull_pairs(const EventStream& stream, const Window& window, std::uint32_t step,
                       Sums& sums) {
  const __m256i zero = _mm256_setzero_si256();
  for (std::uint32_t e = window.first; e < window.last;) {
    const std::uint32_t stop = window.last - e <= step ? window.last : e + step;
    NarrowSums halves[2] = {{zero, zero}, {zero, zero}};
    for (; e < stop; e += 2) {
      const __m256i x = _mm256_set1_epi32(static_cast<int>(stream.pairs[e / 2]));
      add_pair(window.row(stream.offsets[e]), window.row(stream.offsets[e + 1]), x, halves);
    }
    widen(halves[0], sums.vectors[0]);
    widen(halves[1], sums.vectors[1]);
  }
}

inline void pull_singles(const EventStream& stream, const Window& window, Sums& sums) {
  for (std::uint32_t e = window.first; e < window.last; ++e) {
    const __m256i x = _mm256_set1_epi16(stream.values[e]);
    AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
      const __m256i row = _mm256_loadu_si256(window.row(stream.offsets[e]) + h);
      // Interleaved with itself, a byte is both halves of its word: the upper one is the weight.
      const __m256i low = _mm256_srai_epi16(_mm256_unpacklo_epi8(row, row), 8);
      const __m256i high = _mm256_srai_epi16(_mm256_unpackhi_epi8(row, row), 8);
      // 255 * 128 < 2^15: one product fits a word.
      widen({_mm256_mullo_epi16(low, x), _mm256_mullo_epi16(high, x)}, sums.vectors[h]);
    }
  }
}

}  // namespace

void event_conv_avx2(const EventStream& stream, const EventWindows& windows,
                     const std::int8_t* weights, std::int32_t* potentials,
                     std::ptrdiff_t potential_stride) {
  const std::uint32_t step = 2 * static_cast<std::uint32_t>(windows.narrow_limit);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    std::uintptr_t rows = reinterpret_cast<std::uintptr_t>(weights) +
                          static_cast<std::size_t>(block) * windows.block_bytes;
    std::int32_t* out = potentials + block * kEventNeurons;
    const std::uint32_t* start = stream.starts;
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      const Window window = {start[0], start[windows.kernel_width], rows};
      Sums sums;
      AKIDA_UNROLL for (int v = 0; v < 8; ++v) sums.vectors[v / 4][v % 4] = _mm256_setzero_si256();
      if (step != 0) {
        pull_pairs(stream, window, step, sums);
      } else {
        pull_singles(stream, window, sums);
      }
      AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
        auto* to = reinterpret_cast<__m256i*>(out + 16 * (v % 4) + 8 * (v / 4));
        _mm256_storeu_si256(to, sums.vectors[v / 4][v % 4]);
      }
      start += windows.stride_x;
      rows -= static_cast<std::size_t>(windows.stride_x) * kEventNeurons;
      out += potential_stride;
    }
  }
}

}  // namespace akida::kernels
