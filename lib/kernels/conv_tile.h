// Dense convolution of one band of outputs:
//   potentials[line][x][neuron] = start[neuron] + sum over kernel rows r and bytes i < run of
//       input[line * line_stride + x * pixel_stride + r * row_stride + i] * weights[neuron][r][i]
//
// Inputs are u8 (0..255), weights s8 (-128..127), potentials exact int32; the caller has proved
// that every result fits (snn::int32_potential_ranges). Activations are NHWC with their padding
// in memory, so a kernel row is one contiguous run of bytes, and the same kernels serve 3x3 and
// 1x1 convolutions, a first layer with 3 channels, strides, and a fully connected layer (one
// pixel). All variants give identical potentials.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aligned.h"
#include "kernels/weight_rows.h"

namespace akida::kernels {

inline constexpr std::int32_t kConvTileNeurons = 32;  // neurons in one block of packed weights
// Readable bytes that must follow the last input byte in memory: kernels read whole runs.
inline constexpr std::size_t kConvTileSlack = 64;

// How the kernel moves over the input. Strides are in bytes.
struct ConvTileGeometry {
  std::int32_t kernel_rows = 1;
  std::int32_t run = 0;             // conv_tile_run(kernel columns, channels)
  std::ptrdiff_t row_stride = 0;    // from one kernel row to the next: one input row
  std::ptrdiff_t pixel_stride = 0;  // from one output to its right neighbour
  std::ptrdiff_t line_stride = 0;   // from one line of outputs to the next
  // At least max |weight| * max input of the layer: what keeps 16-bit partial sums exact on CPUs
  // without a dot product instruction. 255 * 128 always holds.
  std::int32_t product_bound = 255 * 128;
  // What sums start from, [32 * blocks] of the call; nullptr: 0. Sums are modulo 2^32.
  const std::int32_t* start = nullptr;
};

// What one call computes: `blocks` consecutive blocks of 32 neurons for `lines` x `pixels`
// outputs. A whole map without padding between its lines may be given as one line.
struct ConvTileExtent {
  std::int32_t blocks = 1;
  std::int32_t lines = 1;
  std::int32_t pixels = 1;
  // Pixels of potentials from one line to the next; 0 means `pixels`. Where there are more, the
  // potentials between the lines are unspecified. With conv_tile_pitch() AMX fills its tiles
  // across the ends of lines.
  std::int32_t pitch = 0;

  [[nodiscard]] constexpr std::int32_t line_pitch() const { return pitch == 0 ? pixels : pitch; }
};

// input: first byte of the first output's window; see kConvTileSlack.
// weights: packed, at the first block wanted, aligned to a cache line.
// potentials: output (line, x) of block b and neuron n goes to
//   potentials[(line * pitch + x) * potential_stride + 32 * b + n];
//   potential_stride >= 32 * blocks (a multiple of 16 and aligned memory are fastest). Nothing
//   before the first or behind the last is written. May not overlap input or weights.
// All counts are >= 1. Larger calls are cheaper (AMX sets up its registers once per call): give
// as many lines and blocks as keep the potentials in the L1 or L2 cache.
using ConvTileFn = void(const std::uint8_t* input, const ConvTileGeometry& geometry,
                        const std::int8_t* weights, ConvTileExtent extent, std::int32_t* potentials,
                        std::ptrdiff_t potential_stride);

#define AKIDA_KERNEL(fn, need, tile) ConvTileFn fn;
#include "kernels/conv_tile.inc"
#undef AKIDA_KERNEL

// The fastest variant that cpu_features() allows. Choose once per layer.
[[nodiscard]] ConvTileFn* conv_tile();

// The pitch with which `tile` gains from computing lines of `pixels` outputs as one: adjacent
// potentials then belong to adjacent windows across the ends of lines. 0 where it gains nothing
// (all but AMX), strides do not allow it, or too much would be computed in vain.
[[nodiscard]] std::int32_t conv_tile_pitch(ConvTileFn* tile, const ConvTileGeometry& geometry,
                                           std::int32_t pixels);

// Bytes of a kernel row as packed: columns * channels rounded up so that it divides into equal
// chunks of at most 64 bytes, each a multiple of 4. The excess is below 64 bytes; it meets zero
// weights.
[[nodiscard]] std::int32_t conv_tile_run(std::int32_t columns, std::int32_t channels);

// A plain kernel: weight rows [rows][columns][channels]. Rows and columns in the order in which
// they meet the input (the caller has flipped true convolutions).
struct ConvKernelShape {
  std::int32_t neurons = 0;
  std::int32_t rows = 1;
  std::int32_t columns = 1;
  std::int32_t channels = 0;
};

// Bytes of one packed block of 32 neurons: 32 * rows * run.
[[nodiscard]] std::size_t conv_block_bytes(const ConvKernelShape& shape);

// [ceil(neurons / 32)][rows][run / 4][2][16][4]: 4 bytes of 16 neurons fill one vector. Absent
// neurons and the excess of a run are zero.
[[nodiscard]] AlignedVector<std::int8_t> pack_conv_weights(WeightRows weights,
                                                           const ConvKernelShape& shape);

}  // namespace akida::kernels
