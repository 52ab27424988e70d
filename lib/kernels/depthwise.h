// Depthwise convolution of one output row: every channel with its own kernel (correlation).
//
//   sum[p][c] = sum over taps t of input[tap_offsets[t] + p * pixel_stride + c] * weights[t][c]
//
// Two forms. depthwise_i32 gives the sums as they are, for any u8 x s8. depthwise_u8 gives
// sum + offset[c] saturated to 0..255 for a pointwise stage that multiplies bytes, and lists what
// saturation cut off ("exceptions"); it computes in 16 bits and needs static bounds:
// see depthwise_fits_16_bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/aligned.h"

namespace akida::kernels {

inline constexpr std::int32_t kDepthwiseLanes = 64;  // channels are padded to a multiple

// One output row. Every lane of every tap is read: up to lanes - channels bytes past the last cell.
struct DepthwiseRow {
  const std::uint8_t* input;          // channel 0 of the first window's top left cell
  const std::ptrdiff_t* tap_offsets;  // bytes to each tap's cell; an even number, see tap_pairs
  std::size_t pixel_stride;           // input bytes from one window to the next
  std::int32_t tap_pairs;             // ceil(taps / 2); an odd last tap is paired with weight 0
  std::int32_t lanes;                 // channels padded to a multiple of 64
  std::int32_t pixels;
};

// What saturation took from one value: (sum + offset) - saturated, never 0.
struct DepthwiseException {
  std::int32_t pixel;
  std::int32_t lane;
  std::int32_t excess;
};

// Weights and offsets in the order of the kernels. Lanes behind the last channel are zero.
struct DepthwiseWeights {
  // [lanes / 64][tap_pairs][2][32][2]: half h, entry j, tap of the pair; entry j of half h is lane
  // (j / 8) * 16 + h * 8 + j % 8 of the block, the order in which vector unpacking interleaves the
  // bytes of two taps.
  const std::int8_t* weights;
  const std::int16_t* offsets;     // [lanes / 64][2][32], same order; -255..255
  const std::uint8_t* may_exceed;  // [lanes / 64]: 0 where no value of the block can saturate
};

// True where 16 bits hold every partial sum of weights [taps][channels] with values up to max_value
// and an offset of -255..255.
[[nodiscard]] bool depthwise_fits_16_bits(std::span<const std::int8_t> weights,
                                          std::int32_t channels, std::int32_t max_value);

// Packs weights [taps][lanes], an even number of taps, as DepthwiseWeights wants them.
[[nodiscard]] AlignedVector<std::int8_t> pack_depthwise_weights(
    std::span<const std::int8_t> weights, std::int32_t lanes);

// Packs one offset per lane as DepthwiseWeights wants them.
[[nodiscard]] AlignedVector<std::int16_t> pack_depthwise_offsets(
    std::span<const std::int16_t> offsets);

// Writes output[p * lanes + lane] for all lanes. Returns the number of exceptions; the first
// `capacity` of them are written, by block of lanes, then pixel, then in any order.
using DepthwiseU8Fn = std::int32_t(const DepthwiseRow& row, const DepthwiseWeights& weights,
                                   std::uint8_t* output, DepthwiseException* exceptions,
                                   std::int32_t capacity);

// Writes output[p * lanes + lane] for all lanes; `weights` is [tap_pairs * 2][lanes].
using DepthwiseI32Fn = void(const DepthwiseRow& row, const std::int8_t* weights,
                            std::int32_t* output);

// What turns the pointwise sums over saturated bytes into potentials, for one exception after the
// other: potentials[pixel * potential_stride + n] += excess * pointwise(lane, n), n < neurons (a
// multiple of 32), from conv_tile's packing of a 1x1 kernel, [neurons / 32][run / 4][2][16][4];
// lane < run. Modulo 2^32.
using RepairExceptionsFn = void(const DepthwiseException* exceptions, std::int32_t count,
                                const std::int8_t* pointwise, std::int32_t run,
                                std::int32_t neurons, std::int32_t* potentials,
                                std::ptrdiff_t potential_stride);

#define AKIDA_DEPTHWISE_U8(fn, need) DepthwiseU8Fn fn;
#define AKIDA_DEPTHWISE_I32(fn, need) DepthwiseI32Fn fn;
#define AKIDA_REPAIR_EXCEPTIONS(fn, need) RepairExceptionsFn fn;
#include "kernels/depthwise.inc"

// The fastest variants that this machine and the CPU mask allow.
[[nodiscard]] DepthwiseU8Fn* depthwise_u8();
[[nodiscard]] DepthwiseI32Fn* depthwise_i32();
[[nodiscard]] RepairExceptionsFn* repair_exceptions();

}  // namespace akida::kernels
