// pack_bits: a comparison of 32 bytes, moved to a mask. bit_planes: the bits of 8 neurons' dwords
// are counted per byte by two table lookups (vpshufb); bytes are added up for 15 dwords of input
// before they are summed to dwords.
#include <immintrin.h>

#include "kernels/bit_planes.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 8")

namespace akida::kernels {
namespace {

constexpr int kVectors = 8;             // 64 neurons
constexpr std::int32_t kByteSums = 15;  // 15 * 8 < 2^7: differences of counts fit a signed byte

inline __m256i load(const void* memory) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(memory));
}

// Bits set in every byte.
inline __m256i count_bits(__m256i bytes) {
  const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                          0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low_nibble = _mm256_set1_epi8(15);
  const __m256i low = _mm256_and_si256(bytes, low_nibble);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_nibble);
  return _mm256_add_epi8(_mm256_shuffle_epi8(counts, low), _mm256_shuffle_epi8(counts, high));
}

inline void widen(const __m256i (&bytes)[kVectors], __m256i (&sums)[kVectors]) {
  const __m256i ones8 = _mm256_set1_epi8(1);
  const __m256i ones16 = _mm256_set1_epi16(1);
  AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
    const __m256i words = _mm256_maddubs_epi16(ones8, bytes[v]);
    sums[v] = _mm256_add_epi32(sums[v], _mm256_madd_epi16(words, ones16));
  }
}

// One pixel and 64 neurons.
template <bool kHasMinus>
__attribute__((noinline)) void window(const BitWindows& windows, const std::uint32_t* bits,
                                      const std::uint32_t* planes, std::int32_t* potentials) {
  __m256i sums[kVectors];
  AKIDA_UNROLL for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  for (std::int32_t row = 0; row < windows.rows; ++row, bits += windows.row_stride) {
    for (std::int32_t i = 0; i < windows.run;) {
      const std::int32_t stop = windows.run - i < kByteSums ? windows.run : i + kByteSums;
      __m256i bytes[kVectors];
      AKIDA_UNROLL for (__m256i& sum : bytes) sum = _mm256_setzero_si256();
      for (; i < stop; ++i) {
        const __m256i x = _mm256_set1_epi32(static_cast<int>(bits[i]));
        AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
          const __m256i plus = _mm256_and_si256(x, load(planes + 8 * v));
          bytes[v] = _mm256_add_epi8(bytes[v], count_bits(plus));
          if constexpr (kHasMinus) {
            const __m256i minus = _mm256_and_si256(x, load(planes + kBitNeurons + 8 * v));
            bytes[v] = _mm256_sub_epi8(bytes[v], count_bits(minus));
          }
        }
        planes += kHasMinus ? 2 * kBitNeurons : kBitNeurons;
      }
      widen(bytes, sums);
    }
  }
  AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(potentials + 8 * v), sums[v]);
  }
}

}  // namespace

void pack_bits_avx2(const std::uint8_t* input, std::size_t cells, std::int32_t channels,
                    std::uint32_t* bits) {
  for (std::size_t cell = 0; cell < cells; ++cell, input += channels) {
    for (std::int32_t c = 0; c < channels; c += 32) {
      const std::int32_t rest = channels - c;
      const __m256i is_zero = _mm256_cmpeq_epi8(load(input + c), _mm256_setzero_si256());
      const std::uint32_t mask = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(is_zero));
      *bits++ = _bzhi_u32(mask, static_cast<std::uint32_t>(rest < 32 ? rest : 32));
    }
  }
}

void bit_planes_avx2(const BitWindows& windows, const std::uint32_t* planes,
                     std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  const std::size_t block_dwords = static_cast<std::size_t>(windows.rows) *
                                   static_cast<std::size_t>(windows.run) *
                                   (windows.has_minus ? 2 * kBitNeurons : kBitNeurons);
  for (std::int32_t block = 0; block < windows.blocks; ++block, planes += block_dwords) {
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      const std::uint32_t* bits = windows.bits + static_cast<std::size_t>(p) * windows.pixel_stride;
      std::int32_t* to = potentials + p * potential_stride + block * kBitNeurons;
      if (windows.has_minus) {
        window<true>(windows, bits, planes, to);
      } else {
        window<false>(windows, bits, planes, to);
      }
    }
  }
}

}  // namespace akida::kernels
