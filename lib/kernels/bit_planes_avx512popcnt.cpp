// A dword of input bits is broadcast and meets the planes of 16 neurons; vpopcntd counts per
// neuron, so nothing is summed across lanes. Up to 4 pixels share the planes that are loaded.
#include <immintrin.h>

#include "kernels/bit_planes.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 4")

namespace akida::kernels {
namespace {

constexpr int kVectors = 4;  // 64 neurons
constexpr int kMaxPixels = 4;

template <int kPixels, bool kHasMinus>
__attribute__((noinline, noclone)) void tile(const BitWindows& windows, const std::uint32_t* bits,
                                             const std::uint32_t* planes, std::int32_t* potentials,
                                             std::ptrdiff_t potential_stride) {
  __m512i sums[kPixels][kVectors];
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) sums[p][v] = _mm512_setzero_si512();
  }
  for (std::int32_t row = 0; row < windows.rows; ++row, bits += windows.row_stride) {
    for (std::int32_t i = 0; i < windows.run; ++i) {
      AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
        const __m512i plus = _mm512_loadu_si512(planes + 16 * v);
        const __m512i minus = _mm512_loadu_si512(planes + (kHasMinus ? kBitNeurons : 0) + 16 * v);
        AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
          const __m512i x = _mm512_set1_epi32(
              static_cast<int>(bits[static_cast<std::size_t>(p) * windows.pixel_stride +
                                    static_cast<std::size_t>(i)]));
          sums[p][v] = _mm512_add_epi32(sums[p][v], _mm512_popcnt_epi32(_mm512_and_si512(x, plus)));
          if constexpr (kHasMinus) {
            sums[p][v] =
                _mm512_sub_epi32(sums[p][v], _mm512_popcnt_epi32(_mm512_and_si512(x, minus)));
          }
        }
      }
      planes += kHasMinus ? 2 * kBitNeurons : kBitNeurons;
    }
  }
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
      _mm512_storeu_si512(potentials + p * potential_stride + 16 * v, sums[p][v]);
    }
  }
}

using TileFn = void(const BitWindows& windows, const std::uint32_t* bits,
                    const std::uint32_t* planes, std::int32_t* potentials,
                    std::ptrdiff_t potential_stride);

// tile<p, has_minus> at [has_minus][p - 1].
constexpr TileFn* kTiles[2][kMaxPixels] = {
    {tile<1, false>, tile<2, false>, tile<3, false>, tile<4, false>},
    {tile<1, true>, tile<2, true>, tile<3, true>, tile<4, true>}};

}  // namespace

void bit_planes_avx512popcnt(const BitWindows& windows, const std::uint32_t* planes,
                             std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  const std::size_t block_dwords = static_cast<std::size_t>(windows.rows) *
                                   static_cast<std::size_t>(windows.run) *
                                   (windows.has_minus ? 2 * kBitNeurons : kBitNeurons);
  TileFn* const* tiles = kTiles[windows.has_minus ? 1 : 0];
  for (std::int32_t block = 0; block < windows.blocks; ++block, planes += block_dwords) {
    for (std::int32_t p = 0; p < windows.pixels; p += kMaxPixels) {
      const std::int32_t rest = windows.pixels - p;
      tiles[(rest < kMaxPixels ? rest : kMaxPixels) - 1](
          windows, windows.bits + static_cast<std::size_t>(p) * windows.pixel_stride, planes,
          potentials + p * potential_stride + block * kBitNeurons, potential_stride);
    }
  }
}

}  // namespace akida::kernels
