// What the measured layers share: padded random inputs, random weights, 4-bit activations.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/levels.h"
#include "peer.h"

namespace akida::bench {

// Random levels 1..max_input, about `zeros` of them 0, in a map with the padding of `shape` and
// readable bytes behind it.
struct PaddedInput {
  PaddedInput(const PeerShape& shape, double zeros, int max_input);

  int size_out = 0;                            // output width and height
  int width = 0;                               // padded cells
  kernels::AlignedVector<std::uint8_t> cells;  // [width][width][channels]
};

// Uniform -max_weight..max_weight.
[[nodiscard]] std::vector<std::int8_t> random_weights(std::size_t count, int max_weight);

// 4-bit activations with thresholds and steps that use all levels; potentials within +-reach.
[[nodiscard]] kernels::LevelsPlan random_levels(int neurons, std::int64_t reach);

}  // namespace akida::bench
