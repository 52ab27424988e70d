// Access to the variables of a network by their names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cnn/network.h"

namespace akida::cnn {

// Names of the variables that `layer` has, in Keras' order: kernel, bias, gamma, ...
[[nodiscard]] std::vector<std::string> variable_names(const Layer& layer);

// A variable's values. Throws kUsage naming the layer's variables where it has none of that name.
[[nodiscard]] const akida::Dense& get_variable(const Layer& layer, std::string_view name);

// Replaces a variable. `values` may have any type; values of f64 are rounded to float32, others
// must be exact in it, and all finite. The shape must be the variable's; one value fills a vector.
// Throws kUsage for an unknown variable, kInvalid naming layer, variable, element and value; the
// network is then unchanged.
void set_variable(Network& network, std::size_t layer, std::string_view name,
                  const akida::Dense& values);

}  // namespace akida::cnn
