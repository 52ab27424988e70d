// Four inputs are broadcast as a dword and meet 4 weights of each of 16 neurons in one vpdpbusd.
// Two groups of inputs per step have sums of their own: with one, each addition would wait for the
// one before. Nibbles w + 8 are used as they are; 8 times the sum of the inputs is subtracted.
#include <immintrin.h>

#include "kernels/fully_connected.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

constexpr int kPrefetchBytes = 4096;  // ahead in the stream of weights

inline __m512i broadcast4(const std::uint8_t* bytes) {
  std::int32_t word;
  __builtin_memcpy(&word, bytes, sizeof word);
  return _mm512_set1_epi32(word);
}

template <int kLines>
inline void prefetch(const void* weights) {
  AKIDA_UNROLL for (int i = 0; i < kLines; ++i) {
    _mm_prefetch(static_cast<const char*>(weights) + kPrefetchBytes + 64 * i, _MM_HINT_T0);
  }
}

// 64 neurons x 4 inputs of int8 weights.
inline void add_group(__m512i x, const std::int8_t* weights, __m512i (&sums)[4]) {
  AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
    sums[v] = _mm512_dpbusd_epi32(sums[v], x, _mm512_loadu_si512(weights + 64 * v));
  }
}

// The same of nibbles.
inline void add_nibbles(__m512i x, const std::uint8_t* weights, __m512i (&sums)[4]) {
  const __m512i low_nibble = _mm512_set1_epi8(15);
  AKIDA_UNROLL for (int v = 0; v < 2; ++v) {
    const __m512i bytes = _mm512_loadu_si512(weights + 64 * v);
    const __m512i low = _mm512_and_si512(bytes, low_nibble);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low_nibble);
    sums[2 * v] = _mm512_dpbusd_epi32(sums[2 * v], x, low);
    sums[2 * v + 1] = _mm512_dpbusd_epi32(sums[2 * v + 1], x, high);
  }
}

// Sum of whole groups of 4 inputs: absent inputs meet weight 0, stored as 8.
inline std::int32_t sum_groups(const std::uint8_t* input, std::int32_t inputs) {
  __m512i sum = _mm512_setzero_si512();
  const std::int32_t count = (inputs + 3) / 4 * 4;
  for (std::int32_t i = 0; i < count; i += 64) {
    const std::uint32_t rest = static_cast<std::uint32_t>(count - i < 64 ? count - i : 64);
    const __m512i x = _mm512_maskz_loadu_epi8(_bzhi_u64(~0ULL, rest), input + i);
    sum = _mm512_dpbusd_epi32(sum, x, _mm512_set1_epi8(1));
  }
  return _mm512_reduce_add_epi32(sum);
}

}  // namespace

void fc_dense_avx512vnni(const std::uint8_t* input, std::int32_t inputs, const std::int8_t* weights,
                         std::int32_t neurons, std::int32_t* potentials) {
  for (std::int32_t block = 0; block < neurons; block += 64) {
    __m512i even[4];
    __m512i odd[4];
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) even[v] = odd[v] = _mm512_setzero_si512();
    std::int32_t i = 0;
    for (; i + 4 < inputs; i += 8, weights += 512) {
      prefetch<8>(weights);
      add_group(broadcast4(input + i), weights, even);
      add_group(broadcast4(input + i + 4), weights + 256, odd);
    }
    if (i < inputs) {
      add_group(broadcast4(input + i), weights, even);
      weights += 256;
    }
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      _mm512_storeu_si512(potentials + block + 16 * v, _mm512_add_epi32(even[v], odd[v]));
    }
  }
}

void fc_nibbles_avx512vnni(const std::uint8_t* input, std::int32_t inputs,
                           const std::uint8_t* weights, std::int32_t neurons,
                           std::int32_t* potentials) {
  const auto input_sum = static_cast<std::uint32_t>(sum_groups(input, inputs));
  const __m512i correction = _mm512_set1_epi32(static_cast<std::int32_t>(8 * input_sum));
  for (std::int32_t block = 0; block < neurons; block += 64) {
    __m512i even[4];
    __m512i odd[4];
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) even[v] = odd[v] = _mm512_setzero_si512();
    std::int32_t i = 0;
    for (; i + 4 < inputs; i += 8, weights += 256) {
      prefetch<4>(weights);
      add_nibbles(broadcast4(input + i), weights, even);
      add_nibbles(broadcast4(input + i + 4), weights + 128, odd);
    }
    if (i < inputs) {
      add_nibbles(broadcast4(input + i), weights, even);
      weights += 128;
    }
    AKIDA_UNROLL for (int v = 0; v < 4; ++v) {
      const __m512i sum = _mm512_add_epi32(even[v], odd[v]);
      _mm512_storeu_si512(potentials + block + 16 * v, _mm512_sub_epi32(sum, correction));
    }
  }
}

}  // namespace akida::kernels
