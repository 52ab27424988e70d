#include "codec/model_buffer_writer.h"
#include "codec/model_kinds.h"
#include "codec/model_limits.h"

namespace akida::codec {
namespace {

std::uint64_t estimated_size(const cnn::Network& network) {
  std::uint64_t size = 0;
  for (const cnn::Layer& layer : network.layers()) {
    size += kLayerBytes + layer.name.size() + 4 * layer.inbounds.size();
    for (const cnn::Variable& variable : layer.variables) size += variable.value.bytes().size();
  }
  return size;
}

fbs::cnn::Extent extent(const cnn::Extent& value) { return {value.height, value.width}; }

fbs::cnn::Padding padding(cnn::Padding value) { return static_cast<fbs::cnn::Padding>(value); }

// A regularizer as the optional structure it is in the file: absent where it does nothing.
class RegularizerPointer {
 public:
  explicit RegularizerPointer(const cnn::Regularizer& value)
      : value_(value.l1, value.l2), is_none_(value == cnn::Regularizer{}) {}
  [[nodiscard]] const fbs::cnn::Regularizer* get() const { return is_none_ ? nullptr : &value_; }

 private:
  fbs::cnn::Regularizer value_;
  bool is_none_;
};

flatbuffers::Optional<float> optional(const std::optional<float>& value) {
  return value ? flatbuffers::Optional<float>(*value) : flatbuffers::nullopt;
}

class CnnWriter : private BufferWriter {
 public:
  std::vector<std::byte> write(const cnn::Network& network) {
    std::vector<Offset<fbs::Layer>> layers;
    for (const cnn::Layer& layer : network.layers()) layers.push_back(write_layer(layer));
    return finish(required_version(network), fbs::Kind::Cnn, network.info,
                  fbs::InputSource::Undefined, 0, layers);
  }

 private:
  Offset<fbs::cnn::WeightQuantizer> quantizer(const std::optional<cnn::WeightQuantizer>& value) {
    if (!value) return 0;
    return fbs::cnn::CreateWeightQuantizer(builder(),
                                           static_cast<fbs::cnn::QuantizerKind>(value->kind),
                                           value->bits, value->threshold);
  }

  auto write_parameters(const cnn::Input& input) {
    return fbs::cnn::CreateInput(builder(), numbers(input.shape));
  }

  auto write_parameters(const cnn::Rescaling& rescaling) {
    return fbs::cnn::CreateRescaling(builder(), rescaling.scale, rescaling.offset);
  }

  auto write_parameters(const cnn::Conv2D& conv) {
    const auto kernel_size = extent(conv.kernel_size), strides = extent(conv.strides);
    const auto kernel_quantizer = quantizer(conv.kernel_quantizer);
    return fbs::cnn::CreateConv2D(
        builder(), conv.filters, &kernel_size, &strides, padding(conv.padding), conv.use_bias,
        RegularizerPointer(conv.kernel_regularizer).get(), kernel_quantizer);
  }

  auto write_parameters(const cnn::SeparableConv2D& conv) {
    const auto kernel_size = extent(conv.kernel_size), strides = extent(conv.strides);
    const auto depthwise_quantizer = quantizer(conv.depthwise_quantizer);
    const auto pointwise_quantizer = quantizer(conv.pointwise_quantizer);
    return fbs::cnn::CreateSeparableConv2D(builder(), conv.filters, &kernel_size, &strides,
                                           padding(conv.padding), conv.use_bias,
                                           RegularizerPointer(conv.depthwise_regularizer).get(),
                                           RegularizerPointer(conv.pointwise_regularizer).get(),
                                           depthwise_quantizer, pointwise_quantizer);
  }

  auto write_parameters(const cnn::DepthwiseConv2D& conv) {
    const auto kernel_size = extent(conv.kernel_size), strides = extent(conv.strides);
    const auto depthwise_quantizer = quantizer(conv.depthwise_quantizer);
    return fbs::cnn::CreateDepthwiseConv2D(
        builder(), &kernel_size, &strides, padding(conv.padding), conv.use_bias,
        RegularizerPointer(conv.depthwise_regularizer).get(), depthwise_quantizer);
  }

  auto write_parameters(const cnn::Dense& dense) {
    const auto kernel_quantizer = quantizer(dense.kernel_quantizer);
    return fbs::cnn::CreateDense(builder(), dense.units, dense.use_bias,
                                 RegularizerPointer(dense.kernel_regularizer).get(),
                                 kernel_quantizer);
  }

  auto write_parameters(const cnn::BatchNormalization& normalization) {
    return fbs::cnn::CreateBatchNormalization(builder(), normalization.momentum,
                                              normalization.epsilon,
                                              optional(normalization.min_gamma));
  }

  auto write_parameters(const cnn::ReLU& relu) {
    return fbs::cnn::CreateReLU(builder(), optional(relu.max_value),
                                RegularizerPointer(relu.activity_regularizer).get());
  }

  template <typename Table>
  auto write_pooling(const auto& pooling) {
    const auto pool_size = extent(pooling.pool_size), strides = extent(pooling.strides);
    return Table::Traits::Create(builder(), &pool_size, &strides, padding(pooling.padding));
  }

  auto write_parameters(const cnn::MaxPooling2D& pooling) {
    return write_pooling<fbs::cnn::MaxPooling2D>(pooling);
  }

  auto write_parameters(const cnn::AveragePooling2D& pooling) {
    return write_pooling<fbs::cnn::AveragePooling2D>(pooling);
  }

  auto write_parameters(const cnn::GlobalAveragePooling2D&) {
    return fbs::cnn::CreateGlobalAveragePooling2D(builder());
  }

  auto write_parameters(const cnn::GlobalMaxPooling2D&) {
    return fbs::cnn::CreateGlobalMaxPooling2D(builder());
  }

  auto write_parameters(const cnn::Flatten&) { return fbs::cnn::CreateFlatten(builder()); }

  auto write_parameters(const cnn::Reshape& reshape) {
    return fbs::cnn::CreateReshape(builder(), numbers(reshape.target_shape));
  }

  auto write_parameters(const cnn::Dropout& dropout) {
    return fbs::cnn::CreateDropout(builder(), dropout.rate);
  }

  auto write_parameters(const cnn::Activation& activation) {
    return fbs::cnn::CreateActivation(builder(),
                                      static_cast<fbs::cnn::Function>(activation.function));
  }

  auto write_parameters(const cnn::Softmax&) { return fbs::cnn::CreateSoftmax(builder()); }

  auto write_parameters(const cnn::Concatenate&) { return fbs::cnn::CreateConcatenate(builder()); }

  auto write_parameters(const cnn::ActivationDiscreteRelu& relu) {
    return fbs::cnn::CreateActivationDiscreteRelu(
        builder(), relu.bitwidth, RegularizerPointer(relu.activity_regularizer).get());
  }

  auto write_parameters(const cnn::QuantizedReLU& relu) {
    return fbs::cnn::CreateQuantizedReLU(builder(), relu.bitwidth, optional(relu.max_value),
                                         RegularizerPointer(relu.activity_regularizer).get());
  }

  Offset<fbs::Layer> write_layer(const cnn::Layer& layer) {
    require_layer_head(layer.name, layer.inbounds.size());
    std::vector<Offset<fbs::Variable>> variables;
    for (const cnn::Variable& stored : layer.variables) {
      variables.push_back(variable(stored.name, stored.value));
    }
    const auto variable_vector = numbers(variables);
    const Offset<void> parameters = std::visit(
        [this](const auto& values) { return write_parameters(values).Union(); }, layer.parameters);
    const auto inbounds = numbers(layer.inbounds);
    const auto name = text(layer.name);
    const auto type = static_cast<fbs::cnn::Parameters>(layer.parameters.index() + 1);
    return fbs::CreateLayer(builder(), name, inbounds, fbs::Parameters::NONE, 0, variable_vector, 0,
                            type, parameters);
  }
};

}  // namespace

std::vector<std::byte> write_cnn(const cnn::Network& network) {
  require_model_size(estimated_size(network));
  return CnnWriter().write(network);
}

}  // namespace akida::codec
