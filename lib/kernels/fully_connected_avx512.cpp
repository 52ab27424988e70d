// fc_nibble_events: the weight rows of two events are interleaved, so that one vpmaddubsw
// multiplies both and adds the pair. Nibbles w + 8 are never negative: sums are unsigned 16-bit
// until they might overflow, and 8 times the sum of the values is subtracted at the end.
#include <immintrin.h>

#include "kernels/fully_connected.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

constexpr std::uint32_t kPrefetchEvents = 16;

// Unsigned 16-bit sums of 128 neurons. low[h], of the low nibbles: in 128-bit lane L neurons
// 16L + 8h + 0..7; high[h] the same 64 neurons further.
struct NarrowSums {
  __m512i low[2];
  __m512i high[2];
};

inline void add_pair(const std::uint8_t* row0, const std::uint8_t* row1, std::uint32_t pair,
                     NarrowSums& sums) {
  const __m512i low_nibble = _mm512_set1_epi8(15);
  const __m512i x = _mm512_set1_epi32(static_cast<int>(pair));
  const __m512i bytes0 = _mm512_loadu_si512(row0);
  const __m512i bytes1 = _mm512_loadu_si512(row1);
  const __m512i pairs[2] = {_mm512_unpacklo_epi8(bytes0, bytes1),
                            _mm512_unpackhi_epi8(bytes0, bytes1)};
  AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
    const __m512i low = _mm512_and_si512(pairs[h], low_nibble);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(pairs[h], 4), low_nibble);
    sums.low[h] = _mm512_add_epi16(sums.low[h], _mm512_maddubs_epi16(x, low));
    sums.high[h] = _mm512_add_epi16(sums.high[h], _mm512_maddubs_epi16(x, high));
  }
}

// Adds 64 narrow sums to 64 potentials in order.
inline void widen(const __m512i (&narrow)[2], __m512i* sums) {
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  const __m512i halves[2] = {_mm512_permutex2var_epi64(narrow[0], first, narrow[1]),
                             _mm512_permutex2var_epi64(narrow[0], second, narrow[1])};
  AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
    const __m256i even = _mm512_castsi512_si256(halves[h]);
    const __m256i odd = _mm512_extracti64x4_epi64(halves[h], 1);
    sums[2 * h] = _mm512_add_epi32(sums[2 * h], _mm512_cvtepu16_epi32(even));
    sums[2 * h + 1] = _mm512_add_epi32(sums[2 * h + 1], _mm512_cvtepu16_epi32(odd));
  }
}

}  // namespace

void fc_nibble_events_avx512(const EventStream& stream, std::int32_t max_value,
                             const std::uint8_t* weights, std::int32_t inputs, std::int32_t neurons,
                             std::int32_t* potentials) {
  const auto step = static_cast<std::uint32_t>(65535 / (2 * 15 * max_value) * 2);  // events
  const std::uint32_t last = stream.starts[1];
  std::uint32_t value_sum = 0;
  for (std::uint32_t e = stream.starts[0]; e < last; ++e) value_sum += stream.values[e];
  const __m512i correction = _mm512_set1_epi32(static_cast<std::int32_t>(8 * value_sum));
  for (std::int32_t block = 0; block < neurons; block += 128) {
    const std::uint8_t* rows = weights + block / 128 * std::ptrdiff_t{inputs} * kEventNeurons;
    __m512i sums[8];
    AKIDA_UNROLL for (__m512i& sum : sums) sum = _mm512_setzero_si512();
    for (std::uint32_t e = stream.starts[0]; e < last;) {
      const std::uint32_t stop = last - e < step ? last : e + step;
      const __m512i zero = _mm512_setzero_si512();
      NarrowSums narrow = {{zero, zero}, {zero, zero}};
      for (; e < stop; e += 2) {
        const std::uint32_t ahead = e + kPrefetchEvents < last ? e + kPrefetchEvents : e;
        _mm_prefetch(rows + stream.offsets[ahead], _MM_HINT_T0);
        _mm_prefetch(rows + stream.offsets[ahead + 1], _MM_HINT_T0);
        add_pair(rows + stream.offsets[e], rows + stream.offsets[e + 1], stream.pairs[e / 2],
                 narrow);
      }
      widen(narrow.low, sums);
      widen(narrow.high, sums + 4);
    }
    AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
      _mm512_storeu_si512(potentials + block + 16 * v, _mm512_sub_epi32(sums[v], correction));
    }
  }
}

}  // namespace akida::kernels
