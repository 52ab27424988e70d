// Kernels of fully connected layers for one sample.
//
//   potentials[n] = sum over inputs i of input[i] * weights[i][n]
//
// u8 x s8 -> s32, sums modulo 2^32. Inputs are in the order of the map (NHWC); who packs the
// weights reorders the channel-major rows of the model. Three forms:
// fc_dense     int8 weights, every input;
// fc_nibbles   weights of -8..7 in half a byte, every input: half the memory traffic;
// fc_nibble_events  the same for the non-zero inputs only.
// (Non-zero inputs with int8 weights are event_conv with one window of one column.)
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/aligned.h"
#include "kernels/event_stream.h"
#include "kernels/weight_rows.h"

namespace akida::kernels {

// Pack a plain matrix, one row per input. Absent neurons and inputs have weight 0.
// Dense: [neurons / 64][inputs / 4][64][4].
[[nodiscard]] AlignedVector<std::int8_t> pack_fc_dense(WeightRows weights, std::int32_t neurons);
// Nibbles: w + 8 in [neurons / 64][inputs / 4][2][16][4]; byte (v, l, i) holds input 4g + i of
// neuron 32v + l in its low half and of neuron 32v + 16 + l in its high half.
[[nodiscard]] AlignedVector<std::uint8_t> pack_fc_nibbles(WeightRows weights, std::int32_t neurons);
// Nibble events: w + 8 in [neurons / 128][inputs][64]; byte l holds neuron l in its low half and
// neuron 64 + l in its high half.
[[nodiscard]] AlignedVector<std::uint8_t> pack_fc_nibble_events(WeightRows weights,
                                                                std::int32_t neurons);

// Inputs are readable up to the next multiple of 64; bytes behind `inputs` have any value.
// `potentials` has `neurons` rounded up to 64.
using FcDenseFn = void(const std::uint8_t* input, std::int32_t inputs, const std::int8_t* weights,
                       std::int32_t neurons, std::int32_t* potentials);
using FcNibblesFn = void(const std::uint8_t* input, std::int32_t inputs,
                         const std::uint8_t* weights, std::int32_t neurons,
                         std::int32_t* potentials);
// `stream` has one column of one row with `inputs` channels and group 2; values are at most
// max_value. `potentials` has `neurons` rounded up to 128.
using FcNibbleEventsFn = void(const EventStream& stream, std::int32_t max_value,
                              const std::uint8_t* weights, std::int32_t inputs,
                              std::int32_t neurons, std::int32_t* potentials);

#define AKIDA_FC_DENSE(fn, need) FcDenseFn fn;
#define AKIDA_FC_NIBBLES(fn, need) FcNibblesFn fn;
#define AKIDA_FC_NIBBLE_EVENTS(fn, need) FcNibbleEventsFn fn;
#include "kernels/fully_connected.inc"

// The fastest variants that this machine and the CPU mask allow.
[[nodiscard]] FcDenseFn* fc_dense();
[[nodiscard]] FcNibblesFn* fc_nibbles();
[[nodiscard]] FcNibbleEventsFn* fc_nibble_events();

}  // namespace akida::kernels
