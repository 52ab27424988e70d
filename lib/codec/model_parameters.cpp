#include "codec/model_parameters.h"

#include "base/error.h"
#include "codec/model_buffer_reader.h"

namespace akida::codec {
namespace {

snn::Convolution read(const fbs::Convolution* source) {
  if (source == nullptr) fail(ErrorKind::kFormat, "convolution is missing");
  return {.kernel_width = source->kernel_width(),
          .kernel_height = source->kernel_height(),
          .stride_x = source->stride_x(),
          .stride_y = source->stride_y(),
          .mode = known_enum<snn::ConvolutionMode>(source->mode(), fbs::ConvolutionMode::MAX,
                                                   "convolution mode")};
}

snn::Pooling read(const fbs::Pooling* source) {
  if (source == nullptr) fail(ErrorKind::kFormat, "pooling is missing");
  return {
      .type = known_enum<snn::PoolingType>(source->type(), fbs::PoolingType::MAX, "pooling type"),
      .width = source->width(),
      .height = source->height(),
      .stride_x = source->stride_x(),
      .stride_y = source->stride_y()};
}

snn::Activation read(const fbs::Activation* source) {
  if (source == nullptr) fail(ErrorKind::kFormat, "activation is missing");
  return {.enabled = source->enabled(),
          .threshold_fire = source->threshold_fire(),
          .threshold_fire_step = source->threshold_fire_step(),
          .threshold_fire_bits = source->threshold_fire_bits()};
}

snn::InputData read(const fbs::InputData& source) {
  return {
      .input = {.width = source.width(), .height = source.height(), .channels = source.channels()},
      .input_bits = source.bits()};
}

snn::InputConvolutional read(const fbs::InputConvolutional& source) {
  return {
      .input = {.width = source.width(), .height = source.height(), .channels = source.channels()},
      .num_neurons = source.num_neurons(),
      .weights_bits = source.weights_bits(),
      .convolution = read(source.convolution()),
      .pooling = read(source.pooling()),
      .activation = read(source.activation()),
      .padding_value = source.padding_value()};
}

snn::FullyConnected read(const fbs::FullyConnected& source) {
  return {.num_neurons = source.num_neurons(),
          .weights_bits = source.weights_bits(),
          .activation = read(source.activation())};
}

// The two layer types whose tables have the same fields.
template <typename To>
To read_spatial(const auto& source) {
  return {.num_neurons = source.num_neurons(),
          .weights_bits = source.weights_bits(),
          .convolution = read(source.convolution()),
          .pooling = read(source.pooling()),
          .activation = read(source.activation())};
}

}  // namespace

snn::Parameters read_parameters(const fbs::Layer& source) {
  if (source.parameters_type() > fbs::Parameters::MAX) {
    fail(ErrorKind::kUnsupported, "layer type {} is unknown, the last is {}",
         static_cast<int>(source.parameters_type()), static_cast<int>(fbs::Parameters::MAX));
  }
  if (source.parameters() == nullptr) fail(ErrorKind::kFormat, "parameters are missing");
  switch (source.parameters_type()) {
    case fbs::Parameters::InputData:
      return read(*source.parameters_as_InputData());
    case fbs::Parameters::InputConvolutional:
      return read(*source.parameters_as_InputConvolutional());
    case fbs::Parameters::FullyConnected:
      return read(*source.parameters_as_FullyConnected());
    case fbs::Parameters::Convolutional:
      return read_spatial<snn::Convolutional>(*source.parameters_as_Convolutional());
    case fbs::Parameters::SeparableConvolutional:
      return read_spatial<snn::SeparableConvolutional>(
          *source.parameters_as_SeparableConvolutional());
    case fbs::Parameters::Concat:
      return snn::Concat{read(source.parameters_as_Concat()->activation())};
    case fbs::Parameters::NONE:
      break;
  }
  fail(ErrorKind::kFormat, "parameters are missing");
}

}  // namespace akida::codec
