// Checks of one layer's values; Model::add runs them in order.
#pragma once

#include <cstdint>
#include <vector>

#include "snn/layer.h"

namespace akida::snn {

// Dimensions of the weight variables; empty where the layer has none.
struct WeightShapes {
  std::vector<std::int64_t> weights;
  std::vector<std::int64_t> weights_pw;
};

// Needs input_shape.
[[nodiscard]] WeightShapes weight_shapes(const Layer& layer);

// Every parameter against its documented range, without looking at other layers.
// Throws kInvalid naming parameter, value and range.
void validate_parameters(const Layer& layer);

// Derived shapes and the number of weights against kMaxDimension and kMaxWeights, before memory
// is reserved. Throws kInvalid as validate_parameters does.
void validate_sizes(const Layer& layer);

}  // namespace akida::snn
