// Shape inference and argument checks of one layer; Network::add runs them.
#pragma once

#include <vector>

#include "cnn/network_layer.h"

namespace akida::cnn {

// Every argument against its range. Throws kInvalid naming argument, value and range.
void validate_arguments(const Layer& layer);

// The output shape for the inbound layers' outputs (none for Input). Throws kInvalid where they
// do not fit the layer.
[[nodiscard]] Dims infer_output(const Layer& layer, const std::vector<Dims>& inputs);

// Product of all dimensions; throws kInvalid above kMaxElements.
[[nodiscard]] std::int64_t element_count(const Dims& dims);

}  // namespace akida::cnn
