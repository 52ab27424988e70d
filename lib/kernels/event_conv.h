// Potentials of one row of windows from its event stream, for blocks of 64 neurons.
//
//   potentials[p][n] = sum over the events e of columns p*stride_x .. p*stride_x + kernel_width - 1
//                      of values[e] * weights[offsets[e] / 64 - p*stride_x][n]
//
// u8 x s8 -> s32, sums modulo 2^32 (the engine proves that potentials fit int32). Each output pixel
// pulls its window's events, so its potentials stay in registers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aligned.h"
#include "kernels/conv_tile.h"
#include "kernels/event_stream.h"

namespace akida::kernels {

struct EventWindows {
  std::int32_t pixels;        // windows of the row, >= 1
  std::int32_t kernel_width;  // columns of one window, as the stream was built with
  std::int32_t stride_x;      // columns from one window to the next, >= 1
  std::size_t block_bytes;    // of one block's weights: kernel height * channels * width * 64
  std::int32_t blocks;        // consecutive blocks of 64 neurons, >= 1
  // event_conv: pairs of events whose products may be added in 16 bits (event_pair_limit).
  // event_add: events whose weights may be added in 8 bits (event_add_limit).
  std::int32_t narrow_limit;
};

// How many pairs a*w + b*v fit a 16-bit sum for values up to max_value (<= 255) and weights up to
// +-max_weight (1..128); 0 where one pair may not.
[[nodiscard]] constexpr std::int32_t event_pair_limit(std::int32_t max_value,
                                                      std::int32_t max_weight) {
  return 32767 / (2 * max_value * max_weight);
}

// How many weights up to +-max_weight (1..127) fit an 8-bit sum.
[[nodiscard]] constexpr std::int32_t event_add_limit(std::int32_t max_weight) {
  return 127 / max_weight;
}

// Where a weight row has the weight of neuron n < 64: neuron 16v + i at word 2i + v % 2 of what
// interleaving the bytes of two rows gives (low halves of 128-bit lanes for v < 2, high ones for
// the others), so that shifts of 32-bit lanes put the sums in order.
[[nodiscard]] constexpr std::int32_t event_row_byte(std::int32_t n) {
  const std::int32_t word = n % 16 * 2 + n / 16 % 2;
  return word / 8 * 16 + n / 32 * 8 + word % 8;
}

// Packs a plain kernel into [ceil(neurons / 64)][rows][channels][columns][64] with the 64 neurons
// at event_row_byte(); absent neurons are zero.
[[nodiscard]] AlignedVector<std::int8_t> pack_event_weights(WeightRows weights,
                                                            const ConvKernelShape& shape);

// `stream` was built with the variant's group; `weights` is packed, at the first block wanted; the
// potential of pixel p and neuron n of block b goes to potentials[p * potential_stride + 64 * b +
// n]; potential_stride >= 64 * blocks. Nothing else is written.
using EventConvFn = void(const EventStream& stream, const EventWindows& windows,
                         const std::int8_t* weights, std::int32_t* potentials,
                         std::ptrdiff_t potential_stride);

#define AKIDA_KERNEL(fn, need, group) EventConvFn fn;
#include "kernels/event_conv.inc"
#undef AKIDA_KERNEL

struct EventConv {
  EventConvFn* fn = nullptr;
  std::int32_t group = 1;  // that its streams are built with
};

// The variant for this machine, the CPU mask and windows with that narrow_limit.
[[nodiscard]] EventConv event_conv(std::int32_t narrow_limit);

}  // namespace akida::kernels
