#include "snn/layer.h"

#include <type_traits>

namespace akida::snn {
namespace {

template <typename Visitor>
auto visit(const Layer& layer, Visitor visitor) {
  return std::visit(visitor, layer.parameters);
}

}  // namespace

const char* name_of(LayerType type) {
  switch (type) {
    case LayerType::kInputData:
      return "InputData";
    case LayerType::kInputConvolutional:
      return "InputConvolutional";
    case LayerType::kFullyConnected:
      return "FullyConnected";
    case LayerType::kConvolutional:
      return "Convolutional";
    case LayerType::kSeparableConvolutional:
      return "SeparableConvolutional";
    case LayerType::kConcat:
      return "Concat";
  }
  return "unknown";
}

const char* name_of(ConvolutionMode mode) {
  switch (mode) {
    case ConvolutionMode::kValid:
      return "Valid";
    case ConvolutionMode::kSame:
      return "Same";
    case ConvolutionMode::kFull:
      return "Full";
  }
  return "unknown";
}

const char* name_of(PoolingType type) {
  switch (type) {
    case PoolingType::kNoPooling:
      return "NoPooling";
    case PoolingType::kMax:
      return "Max";
    case PoolingType::kAverage:
      return "Average";
  }
  return "unknown";
}

const Convolution* convolution_of(const Layer& layer) {
  return visit(layer, [](const auto& parameters) -> const Convolution* {
    if constexpr (requires { parameters.convolution; }) return &parameters.convolution;
    return nullptr;
  });
}

const Pooling* pooling_of(const Layer& layer) {
  return visit(layer, [](const auto& parameters) -> const Pooling* {
    if constexpr (requires { parameters.pooling; }) return &parameters.pooling;
    return nullptr;
  });
}

const Activation* activation_of(const Layer& layer) {
  return visit(layer, [](const auto& parameters) -> const Activation* {
    if constexpr (requires { parameters.activation; }) return &parameters.activation;
    return nullptr;
  });
}

Activation* activation_of(Layer& layer) {
  return const_cast<Activation*>(activation_of(static_cast<const Layer&>(layer)));
}

std::int32_t num_neurons(const Layer& layer) {
  return visit(layer, [&](const auto& parameters) -> std::int32_t {
    if constexpr (requires { parameters.num_neurons; }) return parameters.num_neurons;
    return layer.output_shape.channels;
  });
}

std::int32_t weights_bits(const Layer& layer) {
  return visit(layer, [](const auto& parameters) -> std::int32_t {
    if constexpr (requires { parameters.weights_bits; }) return parameters.weights_bits;
    return 0;
  });
}

bool outputs_potentials(const Layer& layer) {
  const Activation* activation = activation_of(layer);
  if (layer.type() == LayerType::kConcat && layer.input_max > 0) return false;
  return activation != nullptr && !activation->enabled;
}

std::int32_t output_max(const Layer& layer) {
  if (const auto* input = std::get_if<InputData>(&layer.parameters)) {
    return (1 << input->input_bits) - 1;
  }
  if (layer.type() == LayerType::kConcat && layer.input_max > 0) return layer.input_max;
  if (outputs_potentials(layer)) return 0;
  return (1 << activation_of(layer)->threshold_fire_bits) - 1;
}

std::int32_t weight_limit(std::int32_t bits) { return bits == 1 ? 1 : (1 << (bits - 1)) - 1; }

}  // namespace akida::snn
