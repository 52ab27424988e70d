#include <bit>
#include <limits>

#include "base/checked.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "codec/model_limits.h"
#include "codec/weight_packing.h"
#include "io/zstd.h"
#include "model_generated.h"
#include "snn/variables.h"

namespace akida::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are copied as they are");

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Vector;

// Bytes that one variable takes in the file.
std::uint64_t stored_size(const snn::Layer& layer, const Dense& values) {
  if (values.type() != DType::kI8) return values.bytes().size();
  return packed_size(values.bytes().size(), storage_bits(snn::weights_bits(layer)));
}

// FlatBuffers stops the process beyond 2 GiB, so the size is known before anything is built.
void require_size(const snn::Model& model) {
  constexpr std::uint64_t kTablesOfLayer = 2048;  // names and tables, generously
  std::uint64_t size = 0;
  for (const snn::Layer& layer : model.layers()) {
    size += kTablesOfLayer + layer.name.size() + 4 * layer.inbounds.size();
    size += stored_size(layer, layer.variables.weights);
    size += stored_size(layer, layer.variables.weights_pw);
    const auto neurons = static_cast<std::uint64_t>(snn::num_neurons(layer));
    size += neurons * (layer.learning ? 48 : 24);
  }
  if (size > kMaxModelBytes) {
    fail(ErrorKind::kUnsupported, "a model of about {} bytes exceeds limit {}", size,
         kMaxModelBytes);
  }
}

class ModelWriter {
 public:
  std::vector<std::byte> write(const snn::Model& model) {
    const ModelInfo& info = model.info;
    std::vector<Offset<fbs::Layer>> layers;
    for (const snn::Layer& layer : model.layers()) layers.push_back(write_layer(layer));
    const auto layer_vector = builder_.CreateVector(layers);
    const auto input = write_input(info, model.layer(0));
    const auto metadata = write_metadata(info);
    const auto history = write_history(info);
    const auto name = text(info.name);
    const auto producer = text(info.producer);
    builder_.Finish(fbs::CreateModel(builder_, kModelFormatVersion, fbs::Kind::Snn, producer, name,
                                     history, metadata, input, layer_vector),
                    fbs::ModelIdentifier());
    const auto bytes = std::as_bytes(std::span(builder_.GetBufferPointer(), builder_.GetSize()));
    return {bytes.begin(), bytes.end()};
  }

 private:
  Offset<flatbuffers::String> text(const std::string& value) {
    return value.empty() ? 0 : builder_.CreateString(value);
  }

  template <typename T>
  Offset<Vector<T>> numbers(const std::vector<T>& values) {
    return values.empty() ? 0 : builder_.CreateVector(values);
  }

  Offset<Vector<Offset<fbs::HistoryEntry>>> write_history(const ModelInfo& info) {
    if (info.history.empty()) return 0;
    std::vector<Offset<fbs::HistoryEntry>> entries;
    for (const HistoryEntry& entry : info.history) {
      const auto tool = text(entry.tool), version = text(entry.version);
      const auto subcommand = text(entry.subcommand), options = text(entry.options);
      entries.push_back(fbs::CreateHistoryEntry(builder_, tool, version, subcommand, options));
    }
    return builder_.CreateVector(entries);
  }

  Offset<Vector<Offset<fbs::KeyValue>>> write_metadata(const ModelInfo& info) {
    if (info.metadata.empty()) return 0;
    std::vector<Offset<fbs::KeyValue>> pairs;
    for (const auto& [key, value] : info.metadata) {
      const auto key_text = text(key), value_text = text(value);
      pairs.push_back(fbs::CreateKeyValue(builder_, key_text, value_text));
    }
    return builder_.CreateVector(pairs);
  }

  Offset<fbs::Input> write_input(const ModelInfo& info, const snn::Layer& first) {
    const InputKind kind = input_kind(first);
    const auto source = kind.is_image ? fbs::InputSource::Image : fbs::InputSource::Events;
    const auto class_names = info.class_names.empty()
                                 ? Offset<Vector<Offset<flatbuffers::String>>>()
                                 : builder_.CreateVectorOfStrings(info.class_names);
    const auto anchors = numbers(info.anchors);
    return fbs::CreateInput(builder_, source, static_cast<std::uint8_t>(kind.bits), info.scaling_a,
                            info.scaling_b, class_names, anchors);
  }

  Offset<fbs::Convolution> write_convolution(const snn::Convolution& convolution) {
    return fbs::CreateConvolution(builder_, convolution.kernel_width, convolution.kernel_height,
                                  convolution.stride_x, convolution.stride_y,
                                  static_cast<fbs::ConvolutionMode>(convolution.mode));
  }

  Offset<fbs::Pooling> write_pooling(const snn::Pooling& pooling) {
    return fbs::CreatePooling(builder_, static_cast<fbs::PoolingType>(pooling.type), pooling.width,
                              pooling.height, pooling.stride_x, pooling.stride_y);
  }

  Offset<fbs::Activation> write_activation(const snn::Activation& activation) {
    return fbs::CreateActivation(builder_, activation.enabled, activation.threshold_fire,
                                 activation.threshold_fire_step, activation.threshold_fire_bits);
  }

  Offset<void> write_parameters(const snn::InputData& data) {
    return fbs::CreateInputData(builder_, data.input.width, data.input.height, data.input.channels,
                                data.input_bits)
        .Union();
  }

  Offset<void> write_parameters(const snn::InputConvolutional& image) {
    const auto convolution = write_convolution(image.convolution);
    const auto pooling = write_pooling(image.pooling);
    const auto activation = write_activation(image.activation);
    return fbs::CreateInputConvolutional(builder_, image.input.width, image.input.height,
                                         image.input.channels, image.num_neurons,
                                         image.weights_bits, convolution, pooling, activation,
                                         image.padding_value)
        .Union();
  }

  Offset<void> write_parameters(const snn::FullyConnected& full) {
    const auto activation = write_activation(full.activation);
    return fbs::CreateFullyConnected(builder_, full.num_neurons, full.weights_bits, activation)
        .Union();
  }

  // The two layer types whose tables have the same fields.
  template <auto kCreate>
  Offset<void> write_spatial(const auto& layer) {
    const auto convolution = write_convolution(layer.convolution);
    const auto pooling = write_pooling(layer.pooling);
    const auto activation = write_activation(layer.activation);
    return kCreate(builder_, layer.num_neurons, layer.weights_bits, convolution, pooling,
                   activation)
        .Union();
  }

  Offset<void> write_parameters(const snn::Convolutional& layer) {
    return write_spatial<fbs::CreateConvolutional>(layer);
  }

  Offset<void> write_parameters(const snn::SeparableConvolutional& layer) {
    return write_spatial<fbs::CreateSeparableConvolutional>(layer);
  }

  Offset<void> write_parameters(const snn::Concat& concat) {
    const auto activation = write_activation(concat.activation);
    return fbs::CreateConcat(builder_, activation).Union();
  }

  Offset<fbs::Variable> write_variable(const snn::Layer& layer, std::string_view name) {
    const Dense values = snn::get_variable(layer, name);
    const bool packed = values.type() == DType::kI8;
    const std::int32_t bits = packed ? storage_bits(snn::weights_bits(layer))
                                     : static_cast<std::int32_t>(8 * size_of(values.type()));
    const std::vector<std::uint8_t> bytes =
        packed ? pack_weights(values.data<std::int8_t>(), bits) : raw_bytes(values);
    const auto byte_vector = builder_.CreateVector(bytes);
    const auto shape = builder_.CreateVector(values.dims());
    const auto name_text = builder_.CreateString(name);
    return fbs::CreateVariable(builder_, name_text, stored_type(values.type()),
                               static_cast<std::uint8_t>(bits), shape, byte_vector);
  }

  static std::vector<std::uint8_t> raw_bytes(const Dense& values) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(values.bytes().data());
    return {first, first + values.bytes().size()};
  }

  static fbs::DType stored_type(DType type) {
    switch (type) {
      case DType::kU8:
        return fbs::DType::U8;
      case DType::kI8:
        return fbs::DType::I8;
      case DType::kI32:
        return fbs::DType::I32;
      case DType::kF32:
        return fbs::DType::F32;
      case DType::kF64:
        return fbs::DType::F64;
    }
    return fbs::DType::Undefined;
  }

  Offset<fbs::Learning> write_learning(const std::optional<snn::Learning>& state) {
    if (!state) return 0;
    const auto plasticity = numbers(state->plasticity);
    const auto threshold = numbers(state->threshold_learning);
    const auto events = numbers(state->learning_events);
    const auto count = numbers(state->learning_count);
    return fbs::CreateLearning(builder_, static_cast<fbs::LearningRule>(state->rule), state->seed,
                               state->num_weights, state->num_classes, state->initial_plasticity,
                               state->learning_competition, state->min_plasticity,
                               state->plasticity_decay, plasticity, threshold, events, count);
  }

  Offset<fbs::Layer> write_layer(const snn::Layer& layer) {
    require_name("layer name", layer.name);
    if (layer.inbounds.size() > kMaxInbounds) {
      fail(ErrorKind::kInvalid, "layer '{}': {} inbound layers exceed limit {}", layer.name,
           layer.inbounds.size(), kMaxInbounds);
    }
    std::vector<Offset<fbs::Variable>> variables;
    for (std::string_view name : stored_variables(layer.type())) {
      variables.push_back(write_variable(layer, name));
    }
    const auto variable_vector = variables.empty() ? Offset<Vector<Offset<fbs::Variable>>>()
                                                   : builder_.CreateVector(variables);
    const auto learning = write_learning(layer.learning);
    const auto parameters = std::visit(
        [this](const auto& values) { return write_parameters(values); }, layer.parameters);
    const auto inbounds = numbers(layer.inbounds);
    const auto name = text(layer.name);
    const auto type = static_cast<fbs::Parameters>(layer.parameters.index() + 1);
    return fbs::CreateLayer(builder_, name, inbounds, type, parameters, variable_vector, learning);
  }

  FlatBufferBuilder builder_;
};

}  // namespace

std::vector<std::byte> encode_model(const snn::Model& model, ModelFormat format) {
  if (model.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  require_info(model.info);
  require_size(model);
  std::vector<std::byte> plain = ModelWriter().write(model);
  return format == ModelFormat::kPlain ? plain : io::zstd_compress(plain);
}

}  // namespace akida::codec
