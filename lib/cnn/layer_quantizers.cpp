#include "cnn/layer_quantizers.h"

#include <algorithm>
#include <string_view>

namespace akida::cnn {
namespace {

std::size_t index_of(const Layer& layer, std::string_view name) {
  const auto found = std::find_if(layer.variables.begin(), layer.variables.end(),
                                  [&](const Variable& variable) { return variable.name == name; });
  return static_cast<std::size_t>(found - layer.variables.begin());
}

}  // namespace

std::vector<KernelQuantizer> kernel_quantizers(const Layer& layer) {
  std::vector<KernelQuantizer> result;
  visit_quantizers(layer.parameters, [&](const KernelNames& names, const auto& quantizer) {
    if (!quantizer) return;
    KernelQuantizer found{.quantizer = *quantizer, .kernel = index_of(layer, names.kernel)};
    if (has_stored_limits(quantizer->kind)) found.stored = index_of(layer, names.limit);
    if (has_stored_threshold(quantizer->kind)) found.stored = index_of(layer, names.threshold);
    if (is_per_filter(quantizer->kind)) {
      found.scale_count =
          static_cast<std::size_t>(layer.variables.at(found.kernel).value.dims().back());
    }
    result.push_back(found);
  });
  return result;
}

std::span<const float> kernel_weights(const Layer& layer, const KernelQuantizer& quantizer) {
  return layer.variables.at(quantizer.kernel).value.data<float>();
}

std::span<const float> stored_values(const Layer& layer, const KernelQuantizer& quantizer) {
  if (!quantizer.stored) return {};
  return layer.variables.at(*quantizer.stored).value.data<float>();
}

std::vector<float> scale_factors(const Layer& layer, const KernelQuantizer& quantizer) {
  return scale_factors(quantizer.quantizer, kernel_weights(layer, quantizer), quantizer.scale_count,
                       stored_values(layer, quantizer));
}

std::optional<ActivationQuantizer> activation_quantizer(const Layer& layer) {
  if (const auto* fixed = std::get_if<ActivationDiscreteRelu>(&layer.parameters)) {
    return discrete_relu(fixed->bitwidth);
  }
  const auto* ranged = std::get_if<QuantizedReLU>(&layer.parameters);
  if (ranged == nullptr) return std::nullopt;
  if (ranged->max_value) return ranged_activation(ranged->bitwidth, *ranged->max_value);
  return ActivationQuantizer{.bits = ranged->bitwidth,
                             .threshold = layer.variables.at(0).value.data<float>()[0],
                             .step = layer.variables.at(1).value.data<float>()[0]};
}

bool is_quantized(const Layer& layer) {
  bool has_quantizer = layer.type() == LayerType::kActivationDiscreteRelu ||
                       layer.type() == LayerType::kQuantizedReLU;
  visit_quantizers(layer.parameters, [&](const KernelNames&, const auto& quantizer) {
    has_quantizer = has_quantizer || quantizer.has_value();
  });
  return has_quantizer;
}

}  // namespace akida::cnn
