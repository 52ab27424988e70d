// Random valid models of every layer type, bit width, mode and state, for round trips.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "random_values.h"
#include "snn/model.h"
#include "snn/variables.h"

namespace akida::test {

class RandomModel : private RandomValues {
 public:
  explicit RandomModel(std::uint64_t seed) : RandomValues(seed) {}

  snn::Model make() {
    snn::Model model;
    fill_info(model.info);
    model.add(first_layer());
    const int wanted = pick(0, 6);
    for (int i = 0; i < wanted; ++i) try_add(model, hidden_layer());
    if (pick(0, 2) == 0) add_learning(model);
    for (std::size_t i = 0; i < model.layers().size(); ++i) fill_variables(model, i);
    return model;
  }

 private:
  snn::Activation activation(bool may_be_off) {
    snn::Activation values;
    values.enabled = !may_be_off || pick(0, 3) != 0;
    values.threshold_fire = pick(-50, 50);
    if (coin()) values.threshold_fire_step = static_cast<float>(0.001 + 3 * real());
    values.threshold_fire_bits = pick(1, 8);
    return values;
  }

  snn::Convolution convolution() {
    return {.kernel_width = pick(1, 4),
            .kernel_height = pick(1, 4),
            .stride_x = pick(1, 3),
            .stride_y = pick(1, 3),
            .mode = static_cast<snn::ConvolutionMode>(pick(0, 2))};
  }

  snn::Pooling pooling() {
    snn::Pooling values;
    values.type = static_cast<snn::PoolingType>(pick(0, 2));
    if (coin()) values.width = pick(1, 3);
    if (coin()) values.height = pick(1, 3);
    if (coin()) values.stride_x = pick(1, 3);
    if (coin()) values.stride_y = pick(1, 3);
    return values;
  }

  Shape shape(std::int32_t channels) {
    return {.width = pick(1, 9), .height = pick(1, 9), .channels = channels};
  }

  snn::Layer first_layer() {
    if (coin()) return {.parameters = snn::InputData{shape(pick(1, 9)), pick(1, 8)}};
    for (;;) {
      snn::Model scratch;
      snn::InputConvolutional image{shape(coin() ? 1 : 3), pick(1, 9), pick(1, 8),
                                    convolution(),         pooling(),  activation(false),
                                    pick(0, 255)};
      if (try_add(scratch, {.parameters = image})) return {.parameters = image};
    }
  }

  snn::Layer hidden_layer() {
    snn::Layer layer;
    if (coin()) layer.name = "layer-" + std::to_string(pick(0, 1000));
    for (int i = pick(0, 2); i > 0; --i) {
      layer.inbounds.push_back(static_cast<std::uint32_t>(pick(0, 4)));
    }
    switch (pick(0, 3)) {
      case 0:
        layer.parameters = snn::FullyConnected{pick(1, 9), pick(1, 8), activation(true)};
        break;
      case 1:
        layer.parameters =
            snn::Convolutional{pick(1, 9), pick(1, 8), convolution(), pooling(), activation(true)};
        break;
      case 2:
        layer.parameters = snn::SeparableConvolutional{pick(1, 9), pick(2, 8), convolution(),
                                                       pooling(), activation(true)};
        break;
      default:
        layer.parameters = snn::Concat{activation(true)};
    }
    return layer;
  }

  // Not every random layer fits: those that the model refuses are left out.
  static bool try_add(snn::Model& model, snn::Layer layer) {
    try {
      model.add(std::move(layer));
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  // A last layer that learns, where the model puts out bits.
  void add_learning(snn::Model& model) {
    const std::int32_t neurons = 2 * pick(1, 4);
    snn::Layer layer{.parameters = snn::FullyConnected{neurons, 1, activation(true)}};
    snn::Learning state;
    state.rule = static_cast<snn::LearningRule>(pick(0, 1));
    state.seed = random_();
    state.num_weights = 1;
    state.num_classes = 2;
    state.initial_plasticity = real();
    state.learning_competition = real();
    state.min_plasticity = real();
    state.plasticity_decay = real();
    for (int i = 0; i < neurons; ++i) {
      state.plasticity.push_back(real());
      state.threshold_learning.push_back(pick(0, 1));
      state.learning_events.push_back(static_cast<std::uint32_t>(random_()));
      state.learning_count.push_back(random_());
    }
    const Shape input = model.output_shape();
    Dense weights(DType::kI8, {1, 1, input.size(), neurons});
    for (int i = 0; i < neurons; ++i) weights.data<std::int8_t>()[static_cast<std::size_t>(i)] = 1;
    layer.variables.weights = weights;
    layer.learning = state;
    try_add(model, layer);
  }

  void fill_weights(Dense& weights, std::int32_t bits) {
    const std::int32_t limit = snn::weight_limit(bits);
    for (std::int8_t& value : weights.data<std::int8_t>()) {
      value = static_cast<std::int8_t>(pick(bits == 1 ? 0 : -limit, limit));
    }
  }

  void fill_variables(snn::Model& model, std::size_t index) {
    const snn::Layer& layer = model.layer(index);
    if (layer.type() == snn::LayerType::kInputData) return;
    snn::Variables& variables = model.variables(index);
    const std::int32_t bits = snn::weights_bits(layer);
    if (!layer.learning && !variables.weights.empty()) fill_weights(variables.weights, bits);
    if (!variables.weights_pw.empty()) fill_weights(variables.weights_pw, bits);
    if (coin()) return;  // default thresholds, steps, shift and scale
    for (std::int32_t& value : variables.threshold_fire) value = pick(-100000, 100000);
    for (float& value : variables.threshold_fire_step) value = static_cast<float>(real() + 1e-6);
    for (double& value : variables.shift) value = real() - 0.5;
    for (double& value : variables.scale) value = std::ldexp(real(), pick(-40, 40));
    snn::validate_variables(layer);
  }
};

inline snn::Model random_model(std::uint64_t seed) { return RandomModel(seed).make(); }

}  // namespace akida::test
