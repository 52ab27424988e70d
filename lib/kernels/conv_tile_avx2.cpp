// Tiles of up to 6 pixels x 16 neurons (12 accumulators).
//
// Without a dot product instruction, vpmaddubsw multiplies 4 bytes of 8 neurons and adds pairs
// into 16 bits. While 2 * product_bound fits there, sums stay in 16 bits for as many steps as
// cannot overflow and are then added to the 32-bit potentials in memory. Larger products (8-bit
// inputs with 8-bit weights) are formed one at a time: the input's even and odd bytes apart.
#include <immintrin.h>

#include "kernels/conv_tile.h"

#define AKIDA_UNROLL _Pragma("GCC unroll 16")

namespace akida::kernels {
namespace {

constexpr int kMaxPixels = 6;       // pairs of 16-bit sums
constexpr int kMaxPixelsLarge = 3;  // large products use twice the registers
constexpr int kGroupBytes = 128;    // packed weights of 4 input bytes in one block
constexpr int kHalfNeurons = 16;    // neurons of a tile
constexpr int kInt16Max = 32767;

struct TileArgs {
  const std::uint8_t* input;
  const std::int8_t* weights;  // of the tile's half block
  const std::int32_t* start;   // of its neurons
  std::int32_t* potentials;
  std::ptrdiff_t potential_stride;
};

using TileFn = void(const TileArgs& args, const ConvTileGeometry& geometry);

inline __m256i load256(const void* memory) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(memory));
}

inline __m256i broadcast4(const std::uint8_t* bytes) {
  std::int32_t word;
  __builtin_memcpy(&word, bytes, sizeof word);
  return _mm256_set1_epi32(word);
}

// g++ would otherwise load all pixels first and keep the sums in memory.
inline void keep_in_registers(__m256i& a, __m256i& b) {
  asm volatile("" : "+x"(a), "+x"(b) : : "memory");
}

// potentials[0..7] += the pairs of 16-bit sums.
inline void add_pairs(std::int32_t* potentials, __m256i sums) {
  const __m256i wide = _mm256_madd_epi16(sums, _mm256_set1_epi16(1));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(potentials),
                      _mm256_add_epi32(load256(potentials), wide));
}

// What the sums of 8 neurons start from.
inline __m256i start_of(const TileArgs& args, int neuron) {
  return args.start == nullptr ? _mm256_setzero_si256() : load256(args.start + neuron);
}

template <int kPixels>
inline void set_potentials(const TileArgs& args) {
  for (int p = 0; p < kPixels; ++p) {
    auto* out = reinterpret_cast<__m256i*>(args.potentials + p * args.potential_stride);
    _mm256_storeu_si256(out, start_of(args, 0));
    _mm256_storeu_si256(out + 1, start_of(args, 8));
  }
}

// Moves the 16-bit sums into the potentials.
template <int kPixels>
inline void flush_sums(const TileArgs& args, __m256i (&sums)[kPixels][2]) {
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    add_pairs(args.potentials + p * args.potential_stride, sums[p][0]);
    add_pairs(args.potentials + p * args.potential_stride + 8, sums[p][1]);
    sums[p][0] = sums[p][1] = _mm256_setzero_si256();
  }
}

template <int kPixels>
__attribute__((noinline, noclone)) void tile(const TileArgs& args,
                                             const ConvTileGeometry& geometry) {
  set_potentials<kPixels>(args);
  const std::ptrdiff_t stride = geometry.pixel_stride;
  const int capacity =
      geometry.product_bound == 0 ? kInt16Max : kInt16Max / (2 * geometry.product_bound);
  __m256i sums[kPixels][2];
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    sums[p][0] = sums[p][1] = _mm256_setzero_si256();
  }
  const std::int8_t* weights = args.weights;
  int room = capacity;  // steps that cannot overflow
  for (int row = 0; row < geometry.kernel_rows; ++row) {
    const std::uint8_t* low = args.input + row * geometry.row_stride;  // pixels 0..2
    const std::uint8_t* high = low + 3 * stride;                       // pixels 3..5
    for (int remaining = geometry.run / 4; remaining > 0;) {
      if (room == 0) {
        flush_sums(args, sums);
        room = capacity;
      }
      const int steps = remaining < room ? remaining : room;
      remaining -= steps;
      room -= steps;
      for (int step = 0; step < steps; ++step) {
        const __m256i w0 = load256(weights);
        const __m256i w1 = load256(weights + 32);
        weights += kGroupBytes;
        AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
          const __m256i x = broadcast4((p < 3 ? low : high) + (p % 3) * stride);
          sums[p][0] = _mm256_add_epi16(sums[p][0], _mm256_maddubs_epi16(x, w0));
          sums[p][1] = _mm256_add_epi16(sums[p][1], _mm256_maddubs_epi16(x, w1));
          keep_in_registers(sums[p][0], sums[p][1]);
        }
        low += 4;
        high += 4;
      }
    }
  }
  flush_sums(args, sums);
}

// x0 * w0 + x2 * w2 or x1 * w1 + x3 * w3 of 8 neurons: the other bytes of x are zero, so no
// pair exceeds one product, 255 * -128.
inline __m256i add_products(__m256i sums, __m256i x, __m256i weight) {
  const __m256i products = _mm256_maddubs_epi16(x, weight);
  return _mm256_add_epi32(sums, _mm256_madd_epi16(products, _mm256_set1_epi16(1)));
}

template <int kPixels>
__attribute__((noinline, noclone)) void large_tile(const TileArgs& args,
                                                   const ConvTileGeometry& geometry) {
  const __m256i even = _mm256_set1_epi16(0xff);
  const std::ptrdiff_t stride = geometry.pixel_stride;
  __m256i sums[kPixels][2];
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    sums[p][0] = start_of(args, 0);
    sums[p][1] = start_of(args, 8);
  }
  const std::int8_t* weights = args.weights;
  for (int row = 0; row < geometry.kernel_rows; ++row) {
    const std::uint8_t* bytes = args.input + row * geometry.row_stride;
    for (int group = 0; group < geometry.run; group += 4) {
      const __m256i w0 = load256(weights);
      const __m256i w1 = load256(weights + 32);
      weights += kGroupBytes;
      AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
        const __m256i x = broadcast4(bytes + p * stride);
        const __m256i x_even = _mm256_and_si256(x, even);
        const __m256i x_odd = _mm256_andnot_si256(even, x);
        sums[p][0] = add_products(add_products(sums[p][0], x_even, w0), x_odd, w0);
        sums[p][1] = add_products(add_products(sums[p][1], x_even, w1), x_odd, w1);
        keep_in_registers(sums[p][0], sums[p][1]);
      }
      bytes += 4;
    }
  }
  AKIDA_UNROLL for (int p = 0; p < kPixels; ++p) {
    auto* out = reinterpret_cast<__m256i*>(args.potentials + p * args.potential_stride);
    _mm256_storeu_si256(out, sums[p][0]);
    _mm256_storeu_si256(out + 1, sums[p][1]);
  }
}

constexpr TileFn* kTiles[kMaxPixels] = {tile<1>, tile<2>, tile<3>, tile<4>, tile<5>, tile<6>};
constexpr TileFn* kLargeTiles[kMaxPixelsLarge] = {large_tile<1>, large_tile<2>, large_tile<3>};

}  // namespace

void conv_tile_avx2(const std::uint8_t* input, const ConvTileGeometry& geometry,
                    const std::int8_t* weights, ConvTileExtent extent, std::int32_t* potentials,
                    std::ptrdiff_t potential_stride) {
  const std::ptrdiff_t block_bytes =
      std::ptrdiff_t{kConvTileNeurons} * geometry.kernel_rows * geometry.run;
  const int pitch = extent.pitch == 0 ? extent.pixels : extent.pitch;
  const bool large = 2 * geometry.product_bound > kInt16Max;
  TileFn* const* tiles = large ? kLargeTiles : kTiles;
  const int max_pixels = large ? kMaxPixelsLarge : kMaxPixels;
  const int count = (extent.pixels + max_pixels - 1) / max_pixels;
  for (int half = 0; half < 2 * extent.blocks; ++half) {
    const std::int8_t* half_weights = weights + half / 2 * block_bytes + half % 2 * kGroupBytes / 2;
    for (int line = 0; line < extent.lines; ++line) {
      TileArgs args = {
          input + line * geometry.line_stride, half_weights,
          geometry.start == nullptr ? nullptr : geometry.start + half * kHalfNeurons,
          potentials + std::ptrdiff_t{line} * pitch * potential_stride + half * kHalfNeurons,
          potential_stride};
      for (int i = 0; i < count; ++i) {
        const int size = (extent.pixels + count - 1 - i) / count;
        tiles[size - 1](args, geometry);
        args.input += size * geometry.pixel_stride;
        args.potentials += size * potential_stride;
      }
    }
  }
}

}  // namespace akida::kernels
