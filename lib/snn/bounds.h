// Static bounds of potentials: what a layer can reach for any input.
#pragma once

#include <cstdint>
#include <vector>

#include "snn/model.h"

namespace akida::snn {

// Inclusive range of an exact integer.
struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
  bool operator==(const Range&) const = default;
};

// What every neuron's potential can reach, from the stored weights and the inputs' levels:
// sum of weight * (0 or max level). InputConvolutional inputs are 0..255. Average pooling
// multiplies by the cells of its window. Empty for InputData; a Concat of potentials has its
// inbounds' ranges.
[[nodiscard]] std::vector<Range> potential_ranges(const Model& model, std::size_t layer);

// SeparableConvolutional: range of every channel's sum between the two stages.
[[nodiscard]] std::vector<Range> depthwise_ranges(const Layer& layer);

// potential_ranges, checked: throws kInvalid naming layer, neuron and bound when a potential or
// an intermediate sum of this layer can leave int32.
[[nodiscard]] std::vector<Range> int32_potential_ranges(const Model& model, std::size_t layer);

// Throws as int32_potential_ranges does for the first layer that fails. Partial sums, in any order,
// stay between a range's ends, because inputs are never negative.
void require_int32_potentials(const Model& model);

}  // namespace akida::snn
