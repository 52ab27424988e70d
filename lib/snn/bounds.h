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

// Of every layer of `model`, what each of its neurons' potentials can reach, from the stored
// weights and the levels of its inputs: the lowest is max level * sum of the negative weights, the
// highest max level * sum of the positive ones. Inputs of InputConvolutional are 0..255. Average
// pooling multiplies by the cells of its window. Empty for InputData and a Concat of levels; a
// Concat of potentials has the ranges of its inbounds. Partial sums, in any order, stay between a
// range's ends, because inputs are never negative.
[[nodiscard]] std::vector<std::vector<Range>> potential_ranges(const Model& model);

// SeparableConvolutional: range of every channel's sum between the two stages.
[[nodiscard]] std::vector<Range> depthwise_ranges(const Layer& layer);

// potential_ranges, checked: throws kInvalid naming layer, neuron and bound for the first layer of
// which a potential or an intermediate sum can leave int32.
[[nodiscard]] std::vector<std::vector<Range>> int32_potential_ranges(const Model& model);

}  // namespace akida::snn
