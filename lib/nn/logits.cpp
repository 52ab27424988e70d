#include "nn/logits.h"

#include <variant>

#include "base/error.h"

namespace akida::nn {
namespace {

cnn::ActivationFunction function_of(const cnn::Layer& layer) {
  if (layer.type() == cnn::LayerType::kSoftmax) return cnn::ActivationFunction::kSoftmax;
  const auto* activation = std::get_if<cnn::Activation>(&layer.parameters);
  return activation == nullptr ? cnn::ActivationFunction::kLinear : activation->function;
}

bool only_reshapes(const cnn::Layer& layer) {
  return layer.type() == cnn::LayerType::kReshape || layer.type() == cnn::LayerType::kFlatten;
}

// The last layer that is more than a change of shape.
std::size_t deciding_layer(const cnn::Network& network) {
  std::size_t index = network.layers().size() - 1;
  while (only_reshapes(network.layer(index))) index = network.layer(index).inbounds[0];
  return index;
}

}  // namespace

cnn::Network up_to_logits(const cnn::Network& network, LossType loss) {
  const bool binary = loss == LossType::kBinaryCrossentropy;
  const bool categorical = loss == LossType::kSparseCategoricalCrossentropy ||
                           loss == LossType::kCategoricalCrossentropy;
  cnn::Network result = network;
  if (!binary && !categorical) return result;
  const std::size_t last = deciding_layer(network);
  const cnn::ActivationFunction function = function_of(network.layer(last));
  if (function == cnn::ActivationFunction::kLinear) return result;
  if ((function == cnn::ActivationFunction::kSigmoid) != binary) {
    fail(ErrorKind::kInvalid, "layer '{}': loss {} needs the outputs of a {} or plain ones",
         network.layer(last).name, name_of(loss), binary ? "sigmoid" : "softmax");
  }
  while (result.layers().size() > network.layer(last).inbounds[0] + std::size_t{1}) {
    result.pop_layer();
  }
  return result;
}

}  // namespace akida::nn
