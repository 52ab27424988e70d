// The values of a layer's variables, by name.
#pragma once

#include <span>
#include <string_view>

#include "cnn/network_layer.h"

namespace akida::lower {

// Empty where the layer has no variable of that name.
[[nodiscard]] inline std::span<const float> values_of(const cnn::Layer& layer,
                                                      std::string_view name) {
  for (const cnn::Variable& variable : layer.variables) {
    if (variable.name == name) return variable.value.data<float>();
  }
  return {};
}

}  // namespace akida::lower
