// Access to a layer's variables by their documented names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "snn/model.h"
#include "tensor/dense.h"

namespace akida::snn {

// Names of the variables that `layer` has, in documented order: weights, weights_pw,
// threshold_fire, threshold_fire_step, shift, scale, and, once compiled for learning,
// threshold_learning and plasticity.
[[nodiscard]] std::vector<std::string> variable_names(const Layer& layer);

// weights, weights_pw: i8 [width, height, channels, neurons]; threshold_fire: i32 [neurons];
// threshold_fire_step: f32; shift, scale: f64; threshold_learning: i32; plasticity: f64.
// Throws kUsage naming the known variables.
[[nodiscard]] Dense get_variable(const Layer& layer, std::string_view name);

// Replaces a variable. `values` may have any type as long as every value is exactly representable
// in the variable's type; its shape must be the variable's (a scalar or one value fills a vector).
// Throws kInvalid naming layer, variable, element, value and range; the model is then unchanged.
void set_variable(Model& model, std::size_t layer, std::string_view name, const Dense& values);

}  // namespace akida::snn
