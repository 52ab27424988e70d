#include "snn/model.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/checked.h"
#include "base/layer_name.h"
#include "snn/geometry.h"
#include "snn/validate.h"

namespace akida::snn {
namespace {

// "SeparableConvolutional" -> "separable_convolutional".
std::string snake_case(std::string_view name) {
  std::string snake;
  for (char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !snake.empty()) snake += '_';
    snake += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return snake;
}

void complete_inbounds(Layer& layer, const std::vector<Layer>& layers) {
  const auto index = static_cast<std::uint32_t>(layers.size());
  if (layer.is_input()) {
    if (index != 0)
      fail(ErrorKind::kInvalid, "an input layer must be the first, not layer {}", index);
    if (!layer.inbounds.empty()) fail(ErrorKind::kInvalid, "an input layer has no inbound layers");
    return;
  }
  if (index == 0) {
    fail(ErrorKind::kInvalid, "the first layer is {}, not InputData or InputConvolutional",
         name_of(layer.type()));
  }
  if (layer.inbounds.empty()) layer.inbounds = {index - 1};
  for (std::uint32_t inbound : layer.inbounds) {
    if (inbound >= index) {
      fail(ErrorKind::kInvalid, "inbound layer {} is not before layer {}", inbound, index);
    }
  }
}

// Joins the inbound outputs along channels; all levels or, for Concat, all potentials.
void derive_input(Layer& layer, const std::vector<Layer>& layers) {
  const Layer& first = layers[layer.inbounds[0]];
  const bool potentials = outputs_potentials(first);
  std::int64_t channels = 0;
  for (std::uint32_t index : layer.inbounds) {
    const Layer& inbound = layers[index];
    if (outputs_potentials(inbound) && layer.type() != LayerType::kConcat) {
      fail(ErrorKind::kInvalid,
           "inbound layer '{}' has activations off; its potentials can only feed a Concat",
           inbound.name);
    }
    if (outputs_potentials(inbound) != potentials) {
      fail(ErrorKind::kInvalid, "inbound layers '{}' and '{}' mix potentials and levels",
           first.name, inbound.name);
    }
    if (inbound.output_shape.width != first.output_shape.width ||
        inbound.output_shape.height != first.output_shape.height) {
      fail(ErrorKind::kInvalid, "inbound layers '{}' {} and '{}' {} differ in width or height",
           first.name, to_string(first.output_shape), inbound.name,
           to_string(inbound.output_shape));
    }
    channels += inbound.output_shape.channels;
    layer.input_max = std::max(layer.input_max, output_max(inbound));
  }
  layer.input_shape = first.output_shape;
  layer.input_shape.channels = checked_cast<std::int32_t>(channels, "channels");
}

void derive_shapes(Layer& layer, const std::vector<Layer>& layers) {
  layer.input_max = 0;
  if (const auto* data = std::get_if<InputData>(&layer.parameters)) {
    layer.input_shape = layer.output_shape = data->input;
    layer.input_max = (1 << data->input_bits) - 1;
    return;
  }
  if (const auto* image = std::get_if<InputConvolutional>(&layer.parameters)) {
    layer.input_shape = image->input;
    layer.input_max = 255;
  } else {
    derive_input(layer, layers);
  }
  switch (layer.type()) {
    case LayerType::kConcat:
      layer.output_shape = layer.input_shape;
      return;
    case LayerType::kFullyConnected:
      layer.output_shape = {.width = 1, .height = 1, .channels = num_neurons(layer)};
      return;
    default: {
      const Convolution& convolution = *convolution_of(layer);
      const Shape map = convolution_output(layer.input_shape, convolution, num_neurons(layer));
      const ResolvedPooling pooling = resolve_pooling(map, *pooling_of(layer), convolution.mode);
      layer.output_shape = {
          .width = pooling.x.output, .height = pooling.y.output, .channels = map.channels};
    }
  }
}

// Cells that an Average pooling sums, 1 without one.
double pooling_area(const Layer& layer) {
  const Pooling* pooling = pooling_of(layer);
  if (pooling == nullptr || pooling->type != PoolingType::kAverage) return 1;
  const Shape map = convolution_output(layer.input_shape, *convolution_of(layer), 1);
  const ResolvedPooling resolved = resolve_pooling(map, *pooling, convolution_of(layer)->mode);
  return static_cast<double>(resolved.width) * resolved.height;
}

void complete_variables(Layer& layer) {
  if (layer.type() == LayerType::kInputData) return;
  Variables& variables = layer.variables;
  const auto neurons = static_cast<std::size_t>(num_neurons(layer));
  const WeightShapes shapes = weight_shapes(layer);
  if (variables.weights.dims().empty() && !shapes.weights.empty()) {
    variables.weights = Dense(DType::kI8, shapes.weights);
  }
  if (variables.weights_pw.dims().empty() && !shapes.weights_pw.empty()) {
    variables.weights_pw = Dense(DType::kI8, shapes.weights_pw);
  }
  const Activation& activation = *activation_of(layer);
  if (variables.threshold_fire.empty()) {
    variables.threshold_fire.assign(neurons, activation.threshold_fire);
  }
  if (variables.threshold_fire_step.empty()) {
    variables.threshold_fire_step.assign(neurons, activation.threshold_fire_step);
  }
  if (variables.shift.empty()) variables.shift.assign(neurons, 0.0);
  if (variables.scale.empty()) variables.scale.assign(neurons, 1.0 / pooling_area(layer));
}

void complete(Layer& layer, const std::vector<Layer>& layers) {
  if (layer.name.empty()) {
    layer.name = fmt::format("{}_{}", snake_case(name_of(layer.type())), layers.size());
  }
  in_context(fmt::format("layer '{}'", layer.name), [&] {
    check_layer_name(layer.name, layers);
    complete_inbounds(layer, layers);
    validate_parameters(layer);
    derive_shapes(layer, layers);
    validate_sizes(layer);
    complete_variables(layer);
    validate_variables(layer);
  });
}

}  // namespace

void Model::add(Layer layer) {
  if (std::ssize(layers_) >= kMaxLayers) {
    fail(ErrorKind::kInvalid, "layer count exceeds limit {}", kMaxLayers);
  }
  if (!layers_.empty() && layers_.back().learning) {
    fail(ErrorKind::kInvalid, "layer '{}' is compiled for learning and must stay the last",
         layers_.back().name);
  }
  complete(layer, layers_);
  layers_.push_back(std::move(layer));
}

void Model::pop_layer() {
  if (layers_.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  layers_.pop_back();
}

std::size_t Model::find(std::string_view name) const { return find_layer(layers_, name, "model"); }

void Model::replace(std::size_t index, Layer layer) {
  // Layers in front stay where they are: setting variables layer by layer takes linear time.
  static_cast<void>(layers_.at(index));
  const auto first = layers_.begin() + static_cast<std::ptrdiff_t>(index);
  std::vector<Layer> tail(std::make_move_iterator(first), std::make_move_iterator(layers_.end()));
  layers_.resize(index);
  try {
    add(std::move(layer));
    for (std::size_t i = 1; i < tail.size(); ++i) add(tail[i]);
  } catch (...) {
    layers_.resize(index);
    std::move(tail.begin(), tail.end(), std::back_inserter(layers_));
    throw;
  }
}

void Model::set_padding_value(std::int32_t value) {
  auto* image = empty() ? nullptr : std::get_if<InputConvolutional>(&layers_[0].parameters);
  if (image == nullptr) fail(ErrorKind::kInvalid, "the model has no InputConvolutional layer");
  if (value < 0 || value > 255) {
    fail(ErrorKind::kInvalid, "padding_value {} is outside 0..255", value);
  }
  image->padding_value = value;
}

Shape Model::input_shape() const {
  if (layers_.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  return layers_.front().input_shape;
}

Shape Model::output_shape() const {
  if (layers_.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  return layers_.back().output_shape;
}

}  // namespace akida::snn
