// Tiles of up to 14 pixels x 32 neurons (28 accumulators of 16 neurons) or 7 pixels x 64.
//
// Four input bytes of a pixel are broadcast and meet 4 bytes of each of 16 neurons in one
// vpdpbusd; the packed weights are one sequential stream. g++ keeps the accumulators in
// registers only if every loop over them is unrolled, tiles are neither inlined nor cloned, and
// pixels are addressed by few base pointers (three pixels each) that it cannot see through.
#include <immintrin.h>

#include "kernels/conv_tile.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 16")

namespace akida::kernels {
namespace {

constexpr int kMaxPixels = 14;     // x 2 vectors of neurons
constexpr int kMaxPixelsWide = 7;  // x 4 vectors: two blocks at once
constexpr int kGroupBytes = 128;   // packed weights of 4 input bytes in one block

struct TileArgs {
  const std::uint8_t* input;
  const std::int8_t* weights;
  const std::int32_t* start;
  std::ptrdiff_t block_bytes;
  std::int32_t* potentials;
  std::ptrdiff_t potential_stride;
};

using TileFn = void(const TileArgs& args, const ConvTileGeometry& geometry);

inline __m512i broadcast4(const std::uint8_t* bytes) {
  std::int32_t word;
  __builtin_memcpy(&word, bytes, sizeof word);
  return _mm512_set1_epi32(word);
}

template <int kPixels, int kBlocks>
__attribute__((noinline, noclone)) void tile(const TileArgs& args,
                                             const ConvTileGeometry& geometry) {
  constexpr int kVectors = 2 * kBlocks;
  constexpr int kBases = (kPixels + 2) / 3;
  const std::ptrdiff_t stride = geometry.pixel_stride;
  __m512i sums[kPixels][kVectors];
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
      sums[p][v] =
          args.start == nullptr ? _mm512_setzero_si512() : _mm512_loadu_si512(args.start + 16 * v);
    }
  }
  const std::int8_t* weights = args.weights;
  const std::int8_t* wide_weights = args.weights + args.block_bytes;
  for (int row = 0; row < geometry.kernel_rows; ++row) {
    const std::uint8_t* base[kBases];
    AKIDA_UNROLL for (int i = 0; i < kBases; ++i) {
      base[i] = args.input + row * geometry.row_stride + 3 * i * stride;
    }
    for (int group = 0; group < geometry.run; group += 4) {
      __m512i weight[kVectors];
      weight[0] = _mm512_loadu_si512(weights);
      weight[1] = _mm512_loadu_si512(weights + 64);
      weights += kGroupBytes;
      if constexpr (kBlocks == 2) {
        weight[2] = _mm512_loadu_si512(wide_weights);
        weight[3] = _mm512_loadu_si512(wide_weights + 64);
        wide_weights += kGroupBytes;
      }
      AKIDA_UNROLL for (int i = 0; i < kBases; ++i) asm("" : "+r"(base[i]));
      AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
        const __m512i x = broadcast4(base[p / 3] + (p % 3) * stride);
        AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
          sums[p][v] = _mm512_dpbusd_epi32(sums[p][v], x, weight[v]);
        }
      }
      AKIDA_UNROLL for (int i = 0; i < kBases; ++i) base[i] += 4;
    }
  }
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    AKIDA_UNROLL for (int v = 0; v < kVectors; ++v) {
      _mm512_storeu_si512(args.potentials + p * args.potential_stride + 16 * v, sums[p][v]);
    }
  }
}

// tile<p, blocks> at index p - 1.
constexpr TileFn* kTiles[kMaxPixels] = {
    tile<1, 1>, tile<2, 1>, tile<3, 1>,  tile<4, 1>,  tile<5, 1>,  tile<6, 1>,  tile<7, 1>,
    tile<8, 1>, tile<9, 1>, tile<10, 1>, tile<11, 1>, tile<12, 1>, tile<13, 1>, tile<14, 1>};
constexpr TileFn* kWideTiles[kMaxPixelsWide] = {tile<1, 2>, tile<2, 2>, tile<3, 2>, tile<4, 2>,
                                                tile<5, 2>, tile<6, 2>, tile<7, 2>};

// One line of outputs in tiles of nearly equal size: at most `max_pixels`, none much smaller.
void line_of_tiles(TileArgs args, const ConvTileGeometry& geometry, int pixels,
                   TileFn* const* tiles, int max_pixels) {
  const int count = (pixels + max_pixels - 1) / max_pixels;
  for (int i = 0; i < count; ++i) {
    const int size = (pixels + count - 1 - i) / count;
    tiles[size - 1](args, geometry);
    args.input += size * geometry.pixel_stride;
    args.potentials += size * args.potential_stride;
  }
}

}  // namespace

void conv_tile_avx512vnni(const std::uint8_t* input, const ConvTileGeometry& geometry,
                          const std::int8_t* weights, ConvTileExtent extent,
                          std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  const std::ptrdiff_t block_bytes =
      std::ptrdiff_t{kConvTileNeurons} * geometry.kernel_rows * geometry.run;
  const int pitch = extent.pitch == 0 ? extent.pixels : extent.pitch;
  const bool narrow = extent.pixels <= kMaxPixelsWide;
  for (int block = 0; block < extent.blocks;) {
    const bool wide = narrow && block + 2 <= extent.blocks;
    for (int line = 0; line < extent.lines; ++line) {
      const TileArgs args = {
          input + line * geometry.line_stride,
          weights + block * block_bytes,
          geometry.start == nullptr ? nullptr : geometry.start + block * kConvTileNeurons,
          block_bytes,
          potentials + std::ptrdiff_t{line} * pitch * potential_stride + block * kConvTileNeurons,
          potential_stride};
      if (wide) {
        line_of_tiles(args, geometry, extent.pixels, kWideTiles, kMaxPixelsWide);
      } else {
        line_of_tiles(args, geometry, extent.pixels, kTiles, kMaxPixels);
      }
    }
    block += wide ? 2 : 1;
  }
}

}  // namespace akida::kernels
