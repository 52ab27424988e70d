// The one table of native layers' parameters in architecture files. Internal to codec.
//
// Reading, writing and architecture_keys() all walk it, so a parameter that is here is read,
// written and documented, under one name and in one place. Keys, order and defaults are those of
// the documented constructors (snake_case, as there); defaults are the members' initial values.
#pragma once

#include <array>

#include "codec/architecture_keywords.h"
#include "snn/layer.h"

namespace akida::codec {

// Calls field(key, member, presence) for every constructor parameter of `parameters`, one of the
// alternatives of snn::Parameters, const or not.
template <typename P, typename Field>
void visit_fields(P& parameters, const Field& field) {
  constexpr auto kRequired = Presence::kRequired;
  constexpr auto kOptional = Presence::kOptional;
  if constexpr (requires { parameters.input; }) {
    field("input_width", parameters.input.width, kRequired);
    field("input_height", parameters.input.height, kRequired);
    field("input_channels", parameters.input.channels, kRequired);
  }
  if constexpr (requires { parameters.input_bits; }) {
    field("input_bits", parameters.input_bits, kOptional);
  }
  if constexpr (requires { parameters.convolution; }) {
    field("kernel_width", parameters.convolution.kernel_width, kRequired);
    field("kernel_height", parameters.convolution.kernel_height, kRequired);
  }
  if constexpr (requires { parameters.num_neurons; }) {
    field("num_neurons", parameters.num_neurons, kRequired);
  }
  if constexpr (requires { parameters.convolution; }) {
    field("convolution_mode", parameters.convolution.mode, kOptional);
    field("stride_x", parameters.convolution.stride_x, kOptional);
    field("stride_y", parameters.convolution.stride_y, kOptional);
  }
  if constexpr (requires { parameters.weights_bits; }) {
    field("weights_bits", parameters.weights_bits, kOptional);
  }
  if constexpr (requires { parameters.pooling; }) {
    field("pooling_width", parameters.pooling.width, kOptional);
    field("pooling_height", parameters.pooling.height, kOptional);
    field("pooling_type", parameters.pooling.type, kOptional);
    field("pooling_stride_x", parameters.pooling.stride_x, kOptional);
    field("pooling_stride_y", parameters.pooling.stride_y, kOptional);
  }
  if constexpr (requires { parameters.activation; }) {
    field("activations_enabled", parameters.activation.enabled, kOptional);
    field("threshold_fire", parameters.activation.threshold_fire, kOptional);
    field("threshold_fire_step", parameters.activation.threshold_fire_step, kOptional);
    field("threshold_fire_bits", parameters.activation.threshold_fire_bits, kOptional);
  }
  if constexpr (requires { parameters.padding_value; }) {
    field("padding_value", parameters.padding_value, kOptional);
  }
}

// Parameters with their defaults, one of each layer type, in the order of snn::LayerType.
inline const std::array<snn::Parameters, std::variant_size_v<snn::Parameters>> kDefaultParameters =
    {snn::InputData{},     snn::InputConvolutional{},     snn::FullyConnected{},
     snn::Convolutional{}, snn::SeparableConvolutional{}, snn::Concat{}};

inline constexpr std::array kConvolutionModes = {
    snn::ConvolutionMode::kValid, snn::ConvolutionMode::kSame, snn::ConvolutionMode::kFull};
inline constexpr std::array kPoolingTypes = {snn::PoolingType::kNoPooling, snn::PoolingType::kMax,
                                             snn::PoolingType::kAverage};

// Every layer type, in the order of kDefaultParameters.
constexpr auto layer_types() {
  std::array<snn::LayerType, std::variant_size_v<snn::Parameters>> types{};
  for (std::size_t i = 0; i < types.size(); ++i) types[i] = static_cast<snn::LayerType>(i);
  return types;
}

}  // namespace akida::codec
