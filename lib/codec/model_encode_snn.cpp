#include "codec/model_buffer_writer.h"
#include "codec/model_kinds.h"
#include "codec/model_limits.h"
#include "codec/weight_packing.h"
#include "snn/variables.h"

namespace akida::codec {
namespace {

// Bytes that one variable takes in the file.
std::uint64_t stored_size(const snn::Layer& layer, const Dense& values) {
  if (values.type() != DType::kI8) return values.bytes().size();
  return packed_size(values.bytes().size(), storage_bits(snn::weights_bits(layer)));
}

std::uint64_t estimated_size(const snn::Model& model) {
  std::uint64_t size = 0;
  for (const snn::Layer& layer : model.layers()) {
    size += kLayerBytes + layer.name.size() + 4 * layer.inbounds.size();
    size += stored_size(layer, layer.variables.weights);
    size += stored_size(layer, layer.variables.weights_pw);
    const auto neurons = static_cast<std::uint64_t>(snn::num_neurons(layer));
    size += neurons * (layer.learning ? 48 : 24);
  }
  return size;
}

class SnnWriter : private BufferWriter {
 public:
  std::vector<std::byte> write(const snn::Model& model) {
    std::vector<Offset<fbs::Layer>> layers;
    for (const snn::Layer& layer : model.layers()) layers.push_back(write_layer(layer));
    const InputKind input = input_kind(model.layer(0));
    return finish(kFirstVersion, fbs::Kind::Snn, model.info,
                  input.is_image ? fbs::InputSource::Image : fbs::InputSource::Events, input.bits,
                  layers);
  }

 private:
  Offset<fbs::Convolution> write_convolution(const snn::Convolution& convolution) {
    return fbs::CreateConvolution(builder(), convolution.kernel_width, convolution.kernel_height,
                                  convolution.stride_x, convolution.stride_y,
                                  static_cast<fbs::ConvolutionMode>(convolution.mode));
  }

  Offset<fbs::Pooling> write_pooling(const snn::Pooling& pooling) {
    return fbs::CreatePooling(builder(), static_cast<fbs::PoolingType>(pooling.type), pooling.width,
                              pooling.height, pooling.stride_x, pooling.stride_y);
  }

  Offset<fbs::Activation> write_activation(const snn::Activation& activation) {
    return fbs::CreateActivation(builder(), activation.enabled, activation.threshold_fire,
                                 activation.threshold_fire_step, activation.threshold_fire_bits);
  }

  Offset<void> write_parameters(const snn::InputData& data) {
    return fbs::CreateInputData(builder(), data.input.width, data.input.height, data.input.channels,
                                data.input_bits)
        .Union();
  }

  Offset<void> write_parameters(const snn::InputConvolutional& image) {
    const auto convolution = write_convolution(image.convolution);
    const auto pooling = write_pooling(image.pooling);
    const auto activation = write_activation(image.activation);
    return fbs::CreateInputConvolutional(builder(), image.input.width, image.input.height,
                                         image.input.channels, image.num_neurons,
                                         image.weights_bits, convolution, pooling, activation,
                                         image.padding_value)
        .Union();
  }

  Offset<void> write_parameters(const snn::FullyConnected& full) {
    const auto activation = write_activation(full.activation);
    return fbs::CreateFullyConnected(builder(), full.num_neurons, full.weights_bits, activation)
        .Union();
  }

  // The two layer types whose tables have the same fields.
  template <auto kCreate>
  Offset<void> write_spatial(const auto& layer) {
    const auto convolution = write_convolution(layer.convolution);
    const auto pooling = write_pooling(layer.pooling);
    const auto activation = write_activation(layer.activation);
    return kCreate(builder(), layer.num_neurons, layer.weights_bits, convolution, pooling,
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
    return fbs::CreateConcat(builder(), activation).Union();
  }

  Offset<fbs::Variable> write_variable(const snn::Layer& layer, std::string_view name) {
    const Dense values = snn::get_variable(layer, name);
    if (values.type() != DType::kI8) return variable(name, values);
    const std::int32_t bits = storage_bits(snn::weights_bits(layer));
    return variable(name, values, bits, pack_weights(values.data<std::int8_t>(), bits));
  }

  Offset<fbs::Learning> write_learning(const std::optional<snn::Learning>& state) {
    if (!state) return 0;
    const auto plasticity = numbers(state->plasticity);
    const auto threshold = numbers(state->threshold_learning);
    const auto events = numbers(state->learning_events);
    const auto count = numbers(state->learning_count);
    return fbs::CreateLearning(builder(), static_cast<fbs::LearningRule>(state->rule), state->seed,
                               state->num_weights, state->num_classes, state->initial_plasticity,
                               state->learning_competition, state->min_plasticity,
                               state->plasticity_decay, plasticity, threshold, events, count);
  }

  Offset<fbs::Layer> write_layer(const snn::Layer& layer) {
    require_layer_head(layer.name, layer.inbounds.size());
    std::vector<Offset<fbs::Variable>> variables;
    for (std::string_view name : stored_variables(layer.type())) {
      variables.push_back(write_variable(layer, name));
    }
    const auto variable_vector = numbers(variables);
    const auto learning = write_learning(layer.learning);
    const auto parameters = std::visit(
        [this](const auto& values) { return write_parameters(values); }, layer.parameters);
    const auto inbounds = numbers(layer.inbounds);
    const auto name = text(layer.name);
    const auto type = static_cast<fbs::Parameters>(layer.parameters.index() + 1);
    return fbs::CreateLayer(builder(), name, inbounds, type, parameters, variable_vector, learning);
  }
};

}  // namespace

std::vector<std::byte> write_snn(const snn::Model& model) {
  require_model_size(estimated_size(model));
  return SnnWriter().write(model);
}

}  // namespace akida::codec
