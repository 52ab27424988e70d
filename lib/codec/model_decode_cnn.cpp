#include <bit>

#include "codec/model_buffer_reader.h"
#include "codec/model_kinds.h"
#include "codec/model_limits.h"

namespace akida::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are copied as they are");

constexpr std::uint32_t kMaxShapeNumbers = 4;  // an error prints them all

cnn::Extent read_extent(const fbs::cnn::Extent* source, std::string_view what) {
  if (source == nullptr) fail(ErrorKind::kFormat, "argument {} is missing", what);
  return {source->height(), source->width()};
}

cnn::Regularizer read_regularizer(const fbs::cnn::Regularizer* source) {
  return source == nullptr ? cnn::Regularizer{} : cnn::Regularizer{source->l1(), source->l2()};
}

cnn::Padding read_padding(fbs::cnn::Padding padding) {
  return known_enum<cnn::Padding>(padding, fbs::cnn::Padding::MAX, "padding");
}

std::optional<float> read_optional(const flatbuffers::Optional<float>& value) {
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<cnn::WeightQuantizer> read_quantizer(const fbs::cnn::WeightQuantizer* source) {
  if (source == nullptr) return std::nullopt;
  return cnn::WeightQuantizer{.kind = known_enum<cnn::QuantizerKind>(
                                  source->kind(), fbs::cnn::QuantizerKind::MAX, "quantizer kind"),
                              .bits = source->bits(),
                              .threshold = source->threshold()};
}

class CnnReader {
 public:
  CnnReader(const fbs::Model& model, std::uint64_t size) : model_(model), buffer_(size) {}

  cnn::Network read() {
    cnn::Network network;
    network.info = buffer_.info(model_);
    const fbs::Input& input = *model_.input();
    if (input.source() != fbs::InputSource::Undefined || input.bits() != 0) {
      fail(ErrorKind::kFormat, "input source {} and bits {} of a cnn are not 0",
           static_cast<int>(input.source()), input.bits());
    }
    const auto* layers = model_.layers();
    const std::uint32_t count = layers == nullptr ? 0 : layers->size();
    if (count == 0 || count > static_cast<std::uint32_t>(cnn::kMaxLayers)) {
      fail(ErrorKind::kFormat, "layer count {} is outside 1..{}", count, cnn::kMaxLayers);
    }
    for (std::uint32_t i = 0; i < count; ++i) network.add(read_layer(i, *layers->Get(i)));
    if (model_.format_version() < required_version(network)) {
      fail(ErrorKind::kFormat, "quantized layers need format version {}, not {}",
           required_version(network), model_.format_version());
    }
    return network;
  }

 private:
  cnn::Layer read_layer(std::uint32_t index, const fbs::Layer& source) {
    return buffer_.layer(index, source, [&](BufferReader::LayerHead head) {
      cnn::Layer layer;
      layer.name = std::move(head.name);
      if (layer.name.empty()) fail(ErrorKind::kFormat, "name is missing");
      layer.inbounds = std::move(head.inbounds);
      layer.parameters = read_parameters(source);
      read_variables(source, layer);
      return layer;
    });
  }

  // Their shapes are for Network::add to judge. None is filled with a default whose size the file
  // does not pay for.
  void read_variables(const fbs::Layer& source, cnn::Layer& layer) {
    const std::uint32_t given = source.variables() == nullptr ? 0 : source.variables()->size();
    const bool needs_some = is_neural(layer) || layer.type() == cnn::LayerType::kBatchNormalization;
    if (given == 0 && needs_some) fail(ErrorKind::kFormat, "variables are missing");
    constexpr std::uint32_t kMostVariables = 5;  // two kernels, a bias and two limits
    if (given > kMostVariables) {
      fail(ErrorKind::kFormat, "{} variables exceed limit {}", given, kMostVariables);
    }
    for (std::uint32_t i = 0; i < given; ++i) {
      layer.variables.push_back(read_variable(*source.variables()->Get(i)));
    }
  }

  cnn::Variable read_variable(const fbs::Variable& source) {
    cnn::Variable variable;
    variable.name = buffer_.text(source.name(), "variable name");
    in_context(fmt::format("variable '{}'", variable.name), [&] {
      variable.value =
          Dense(DType::kF32, buffer_.dims(source, fbs::DType::F32, 32, 1, kMaxShapeNumbers));
    });
    std::memcpy(variable.value.bytes().data(), source.bytes()->Data(), source.bytes()->size());
    return variable;
  }

  cnn::Dims read_shape(const flatbuffers::Vector<std::int32_t>* source, std::string_view what) {
    static_cast<void>(BufferReader::count(source, kMaxShapeNumbers, what));
    return buffer_.numbers(source, what);
  }

  cnn::Parameters read_parameters(const fbs::Layer& source) {
    const auto type = source.cnn_parameters_type();
    if (type > fbs::cnn::Parameters::MAX) {
      fail(ErrorKind::kUnsupported, "layer type {} is unknown, the last is {}",
           static_cast<int>(type), static_cast<int>(fbs::cnn::Parameters::MAX));
    }
    if (type == fbs::cnn::Parameters::NONE || source.cnn_parameters() == nullptr) {
      fail(ErrorKind::kFormat, "cnn_parameters are missing");
    }
    switch (type) {
      case fbs::cnn::Parameters::Input:
        return cnn::Input{read_shape(source.cnn_parameters_as_Input()->shape(), "shape")};
      case fbs::cnn::Parameters::Rescaling:
        return read(*source.cnn_parameters_as_Rescaling());
      case fbs::cnn::Parameters::Conv2D:
        return read(*source.cnn_parameters_as_Conv2D());
      case fbs::cnn::Parameters::SeparableConv2D:
        return read(*source.cnn_parameters_as_SeparableConv2D());
      case fbs::cnn::Parameters::DepthwiseConv2D:
        return read(*source.cnn_parameters_as_DepthwiseConv2D());
      case fbs::cnn::Parameters::Dense:
        return read(*source.cnn_parameters_as_Dense());
      case fbs::cnn::Parameters::BatchNormalization:
        return read(*source.cnn_parameters_as_BatchNormalization());
      case fbs::cnn::Parameters::ReLU:
        return read(*source.cnn_parameters_as_ReLU());
      case fbs::cnn::Parameters::MaxPooling2D:
        return read_pooling<cnn::MaxPooling2D>(*source.cnn_parameters_as_MaxPooling2D());
      case fbs::cnn::Parameters::AveragePooling2D:
        return read_pooling<cnn::AveragePooling2D>(*source.cnn_parameters_as_AveragePooling2D());
      case fbs::cnn::Parameters::Reshape:
        return cnn::Reshape{
            read_shape(source.cnn_parameters_as_Reshape()->target_shape(), "target_shape")};
      case fbs::cnn::Parameters::Dropout:
        return cnn::Dropout{source.cnn_parameters_as_Dropout()->rate()};
      case fbs::cnn::Parameters::Activation:
        return cnn::Activation{
            known_enum<cnn::ActivationFunction>(source.cnn_parameters_as_Activation()->function(),
                                                fbs::cnn::Function::MAX, "activation function")};
      case fbs::cnn::Parameters::ActivationDiscreteRelu:
        return read(*source.cnn_parameters_as_ActivationDiscreteRelu());
      case fbs::cnn::Parameters::QuantizedReLU:
        return read(*source.cnn_parameters_as_QuantizedReLU());
      default:
        return without_arguments(type);
    }
  }

  static cnn::Parameters without_arguments(fbs::cnn::Parameters type) {
    switch (type) {
      case fbs::cnn::Parameters::GlobalAveragePooling2D:
        return cnn::GlobalAveragePooling2D{};
      case fbs::cnn::Parameters::GlobalMaxPooling2D:
        return cnn::GlobalMaxPooling2D{};
      case fbs::cnn::Parameters::Flatten:
        return cnn::Flatten{};
      case fbs::cnn::Parameters::Softmax:
        return cnn::Softmax{};
      default:
        return cnn::Concatenate{};
    }
  }

  static cnn::Rescaling read(const fbs::cnn::Rescaling& source) {
    return {.scale = source.scale(), .offset = source.offset()};
  }

  static cnn::Conv2D read(const fbs::cnn::Conv2D& source) {
    return {.filters = source.filters(),
            .kernel_size = read_extent(source.kernel_size(), "kernel_size"),
            .strides = read_extent(source.strides(), "strides"),
            .padding = read_padding(source.padding()),
            .use_bias = source.use_bias(),
            .kernel_regularizer = read_regularizer(source.kernel_regularizer()),
            .kernel_quantizer = read_quantizer(source.kernel_quantizer())};
  }

  static cnn::SeparableConv2D read(const fbs::cnn::SeparableConv2D& source) {
    return {.filters = source.filters(),
            .kernel_size = read_extent(source.kernel_size(), "kernel_size"),
            .strides = read_extent(source.strides(), "strides"),
            .padding = read_padding(source.padding()),
            .use_bias = source.use_bias(),
            .depthwise_regularizer = read_regularizer(source.depthwise_regularizer()),
            .pointwise_regularizer = read_regularizer(source.pointwise_regularizer()),
            .depthwise_quantizer = read_quantizer(source.depthwise_quantizer()),
            .pointwise_quantizer = read_quantizer(source.pointwise_quantizer())};
  }

  static cnn::DepthwiseConv2D read(const fbs::cnn::DepthwiseConv2D& source) {
    return {.kernel_size = read_extent(source.kernel_size(), "kernel_size"),
            .strides = read_extent(source.strides(), "strides"),
            .padding = read_padding(source.padding()),
            .use_bias = source.use_bias(),
            .depthwise_regularizer = read_regularizer(source.depthwise_regularizer()),
            .depthwise_quantizer = read_quantizer(source.depthwise_quantizer())};
  }

  static cnn::Dense read(const fbs::cnn::Dense& source) {
    return {.units = source.units(),
            .use_bias = source.use_bias(),
            .kernel_regularizer = read_regularizer(source.kernel_regularizer()),
            .kernel_quantizer = read_quantizer(source.kernel_quantizer())};
  }

  static cnn::BatchNormalization read(const fbs::cnn::BatchNormalization& source) {
    return {.momentum = source.momentum(),
            .epsilon = source.epsilon(),
            .min_gamma = read_optional(source.min_gamma())};
  }

  static cnn::ReLU read(const fbs::cnn::ReLU& source) {
    return {.max_value = read_optional(source.max_value()),
            .activity_regularizer = read_regularizer(source.activity_regularizer())};
  }

  static cnn::ActivationDiscreteRelu read(const fbs::cnn::ActivationDiscreteRelu& source) {
    return {.bitwidth = source.bitwidth(),
            .activity_regularizer = read_regularizer(source.activity_regularizer())};
  }

  static cnn::QuantizedReLU read(const fbs::cnn::QuantizedReLU& source) {
    return {.bitwidth = source.bitwidth(),
            .max_value = read_optional(source.max_value()),
            .activity_regularizer = read_regularizer(source.activity_regularizer())};
  }

  template <typename Pooling>
  static Pooling read_pooling(const auto& source) {
    return {.pool_size = read_extent(source.pool_size(), "pool_size"),
            .strides = read_extent(source.strides(), "strides"),
            .padding = read_padding(source.padding())};
  }

  const fbs::Model& model_;
  BufferReader buffer_;
};

}  // namespace

cnn::Network read_cnn(const fbs::Model& model, std::uint64_t size) {
  return CnnReader(model, size).read();
}

}  // namespace akida::codec
