// 1-bit activations with 1-bit or ternary weights, 32 inputs per dword.
//
//   potentials[p][n] = popcount(x & plus[n]) - popcount(x & minus[n])
//
// over the bits x of window p. pack_bits turns u8 cells (0 = silent, anything else = event) into
// bits; bit_planes consumes them. A cell's channels are padded to whole dwords, so kernel row kh of
// a window is the contiguous run of kernel_width * dwords_per_cell dwords, and a fully connected
// layer is one window whose only row is the whole input.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aligned.h"
#include "kernels/conv_tile.h"

namespace akida::kernels {

inline constexpr std::int32_t kBitNeurons = 64;  // neurons of one block of planes

// Dwords of one cell.
[[nodiscard]] constexpr std::int32_t bit_dwords(std::int32_t channels) {
  return (channels + 31) / 32;
}

// bits[cell * bit_dwords(channels) + c / 32] has bit c % 32 set where input[cell * channels + c]
// is not 0; bits behind the last channel are 0. Up to 31 bytes behind the last cell are read.
using PackBitsFn = void(const std::uint8_t* input, std::size_t cells, std::int32_t channels,
                        std::uint32_t* bits);

struct BitWindows {
  const std::uint32_t* bits;  // first dword of the first window's top left cell
  std::int32_t pixels;
  std::size_t pixel_stride;  // dwords from one window to the next
  std::int32_t rows;         // kernel height
  std::size_t row_stride;    // dwords from one map row to the next
  std::int32_t run;          // dwords of one kernel row
  std::int32_t blocks;       // consecutive blocks of 64 neurons
  bool has_minus;            // false: weights are {0, 1}, and there is only one plane
};

// Packs a plain kernel of -1, 0 and 1 (without has_minus: of 0 and 1) into [ceil(neurons /
// 64)][rows][columns * dwords][planes][64] dwords; plane 0 has the ones, plane 1 the minus ones;
// absent neurons and channels are 0.
[[nodiscard]] AlignedVector<std::uint32_t> pack_bit_planes(WeightRows weights,
                                                           const ConvKernelShape& shape,
                                                           bool has_minus);

// `planes` is packed, at the first block wanted; the potential of pixel p and neuron n of block b
// goes to potentials[p * potential_stride + 64 * b + n]; potential_stride >= 64 * blocks. Nothing
// else is written.
using BitPlanesFn = void(const BitWindows& windows, const std::uint32_t* planes,
                         std::int32_t* potentials, std::ptrdiff_t potential_stride);

#define AKIDA_PACK_BITS(fn, need) PackBitsFn fn;
#define AKIDA_BIT_PLANES(fn, need) BitPlanesFn fn;
#include "kernels/bit_planes.inc"

// The fastest variants that this machine and the CPU mask allow.
[[nodiscard]] PackBitsFn* pack_bits();
[[nodiscard]] BitPlanesFn* bit_planes();

}  // namespace akida::kernels
