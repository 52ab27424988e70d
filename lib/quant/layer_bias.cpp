#include "quant/layer_bias.h"

#include <algorithm>
#include <iterator>

#include "cnn/layer_quantizers.h"

namespace akida::quant {
namespace {

std::vector<cnn::Variable>::iterator find_bias(std::vector<cnn::Variable>& variables) {
  return std::find_if(variables.begin(), variables.end(),
                      [](const cnn::Variable& variable) { return variable.name == "bias"; });
}

}  // namespace

bool takes_bias(const cnn::Layer& layer) {
  return !kernel_quantizers(layer).empty() && layer.type() != cnn::LayerType::kDepthwiseConv2D;
}

cnn::Layer with_bias(cnn::Layer layer) {
  if (find_bias(layer.variables) != layer.variables.end()) return layer;
  std::visit(
      [](auto& arguments) {
        if constexpr (requires { arguments.use_bias; }) arguments.use_bias = true;
      },
      layer.parameters);
  const auto kernels = std::count_if(
      layer.variables.begin(), layer.variables.end(),
      [](const cnn::Variable& variable) { return variable.name.ends_with("kernel"); });
  layer.variables.insert(std::next(layer.variables.begin(), kernels),
                         {"bias", akida::Dense(DType::kF32, {layer.output_shape.back()})});
  return layer;
}

std::span<float> bias_of(std::vector<cnn::Variable>& variables) {
  return find_bias(variables)->value.data<float>();
}

cnn::Network with_biases(const cnn::Network& network) {
  cnn::Network result;
  result.info = network.info;
  for (const cnn::Layer& layer : network.layers()) {
    result.add(takes_bias(layer) ? with_bias(layer) : layer);
  }
  return result;
}

}  // namespace akida::quant
