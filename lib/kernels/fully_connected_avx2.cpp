// Four inputs are broadcast as a dword and meet 4 weights of each of 8 neurons. Without a dot
// product instruction, int8 weights are multiplied as 16-bit pairs (vpmaddwd: exact for any u8 x
// s8); nibbles are so small that vpmaddubsw and three 16-bit additions cannot saturate.
#include <immintrin.h>

#include "kernels/fully_connected.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

inline __m256i load(const void* memory) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(memory));
}

inline void store(std::int32_t* memory, __m256i value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(memory), value);
}

inline __m256i broadcast4(const std::uint8_t* bytes) {
  std::int32_t word;
  __builtin_memcpy(&word, bytes, sizeof word);
  return _mm256_set1_epi32(word);
}

}  // namespace

void fc_dense_avx2(const std::uint8_t* input, std::int32_t inputs, const std::int8_t* weights,
                   std::int32_t neurons, std::int32_t* potentials) {
  const __m256i low_bytes = _mm256_set1_epi16(0xff);
  for (std::int32_t block = 0; block < neurons; block += 64) {
    __m256i sums[8];
    AKIDA_UNROLL for (__m256i& sum : sums) sum = _mm256_setzero_si256();
    for (std::int32_t i = 0; i < inputs; i += 4, weights += 256) {
      const __m256i x = broadcast4(input + i);
      const __m256i x_even = _mm256_and_si256(x, low_bytes);
      const __m256i x_odd = _mm256_srli_epi16(x, 8);
      AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
        const __m256i bytes = load(weights + 32 * v);
        const __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8);
        const __m256i odd = _mm256_srai_epi16(bytes, 8);
        const __m256i products =
            _mm256_add_epi32(_mm256_madd_epi16(even, x_even), _mm256_madd_epi16(odd, x_odd));
        sums[v] = _mm256_add_epi32(sums[v], products);
      }
    }
    AKIDA_UNROLL for (int v = 0; v < 8; ++v) store(potentials + block + 8 * v, sums[v]);
  }
}

void fc_nibbles_avx2(const std::uint8_t* input, std::int32_t inputs, const std::uint8_t* weights,
                     std::int32_t neurons, std::int32_t* potentials) {
  constexpr std::int32_t kGroups = 4;  // 4 * 2 * 255 * 15 < 2^15
  const __m256i low_nibble = _mm256_set1_epi8(15);
  const __m256i ones = _mm256_set1_epi16(1);
  std::uint32_t input_sum = 0;  // over whole groups: absent inputs meet weight 0, stored as 8
  for (std::int32_t i = 0; i < (inputs + 3) / 4 * 4; ++i) input_sum += input[i];
  const __m256i correction = _mm256_set1_epi32(static_cast<std::int32_t>(8 * input_sum));
  for (std::int32_t block = 0; block < neurons; block += 64) {
    // sums[2v] and [2v + 1]: low and high nibbles of bytes 32v..32v + 31 of a group.
    __m256i sums[8];
    AKIDA_UNROLL for (__m256i& sum : sums) sum = _mm256_setzero_si256();
    for (std::int32_t i = 0; i < inputs;) {
      __m256i narrow[8];
      AKIDA_UNROLL for (__m256i& sum : narrow) sum = _mm256_setzero_si256();
      const std::int32_t stop = inputs - i < 4 * kGroups ? inputs : i + 4 * kGroups;
      for (; i < stop; i += 4, weights += 128) {
        const __m256i x = broadcast4(input + i);
        AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
          const __m256i bytes = load(weights + 32 * v);
          const __m256i low = _mm256_and_si256(bytes, low_nibble);
          const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_nibble);
          narrow[2 * v] = _mm256_add_epi16(narrow[2 * v], _mm256_maddubs_epi16(x, low));
          narrow[2 * v + 1] = _mm256_add_epi16(narrow[2 * v + 1], _mm256_maddubs_epi16(x, high));
        }
      }
      AKIDA_UNROLL for (int v = 0; v < 8; ++v) {
        sums[v] = _mm256_add_epi32(sums[v], _mm256_madd_epi16(narrow[v], ones));
      }
    }
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      std::int32_t* to = potentials + block + v / 2 * 32 + v % 2 * 8;
      store(to, _mm256_sub_epi32(sums[2 * v], correction));
      store(to + 16, _mm256_sub_epi32(sums[2 * v + 1], correction));
    }
  }
}

void fc_nibble_events_avx2(const EventStream& stream, std::int32_t max_value,
                           const std::uint8_t* weights, std::int32_t inputs, std::int32_t neurons,
                           std::int32_t* potentials) {
  const __m256i low_nibble = _mm256_set1_epi8(15);
  const auto step = static_cast<std::uint32_t>(65535 / (2 * 15 * max_value) * 2);  // events
  const std::uint32_t last = stream.starts[1];
  std::uint32_t value_sum = 0;
  for (std::uint32_t e = stream.starts[0]; e < last; ++e) value_sum += stream.values[e];
  const __m256i correction = _mm256_set1_epi32(static_cast<std::int32_t>(8 * value_sum));
  const std::int32_t neurons_padded = (neurons + 127) / 128 * 128;
  // 32 bytes of a row at a time: neurons 32h..32h + 31 in low nibbles, 64 more in high ones.
  for (std::int32_t part = 0; part < neurons_padded / 64; ++part) {
    const std::uint8_t* rows =
        weights + part / 2 * std::ptrdiff_t{inputs} * kEventNeurons + part % 2 * 32;
    __m256i sums[8];  // neurons in order: 32 of the low nibbles, 32 of the high
    AKIDA_UNROLL for (__m256i& sum : sums) sum = _mm256_setzero_si256();
    for (std::uint32_t e = stream.starts[0]; e < last;) {
      const std::uint32_t stop = last - e < step ? last : e + step;
      __m256i narrow[4];
      AKIDA_UNROLL for (__m256i& sum : narrow) sum = _mm256_setzero_si256();
      for (; e < stop; e += 2) {
        const __m256i x = _mm256_set1_epi32(static_cast<int>(stream.pairs[e / 2]));
        const __m256i row0 = load(rows + stream.offsets[e]);
        const __m256i row1 = load(rows + stream.offsets[e + 1]);
        const __m256i pairs[2] = {_mm256_unpacklo_epi8(row0, row1),
                                  _mm256_unpackhi_epi8(row0, row1)};
        AKIDA_UNROLL for (int h = 0; h < 2; ++h) {
          const __m256i low = _mm256_and_si256(pairs[h], low_nibble);
          const __m256i high = _mm256_and_si256(_mm256_srli_epi16(pairs[h], 4), low_nibble);
          narrow[h] = _mm256_add_epi16(narrow[h], _mm256_maddubs_epi16(x, low));
          narrow[2 + h] = _mm256_add_epi16(narrow[2 + h], _mm256_maddubs_epi16(x, high));
        }
      }
      AKIDA_UNROLL for (int n = 0; n < 2; ++n) {  // nibble
        const __m128i in_order[4] = {_mm256_castsi256_si128(narrow[2 * n]),
                                     _mm256_castsi256_si128(narrow[2 * n + 1]),
                                     _mm256_extracti128_si256(narrow[2 * n], 1),
                                     _mm256_extracti128_si256(narrow[2 * n + 1], 1)};
        AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
          sums[4 * n + v] = _mm256_add_epi32(sums[4 * n + v], _mm256_cvtepu16_epi32(in_order[v]));
        }
      }
    }
    std::int32_t* to = potentials + part / 2 * 128 + part % 2 * 32;
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      store(to + 8 * v, _mm256_sub_epi32(sums[v], correction));
      store(to + 64 + 8 * v, _mm256_sub_epi32(sums[4 + v], correction));
    }
  }
}

}  // namespace akida::kernels
