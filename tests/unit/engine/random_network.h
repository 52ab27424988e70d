// Random networks and samples for comparing the engine with the definition.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>

#include "base/error.h"
#include "brute_force.h"
#include "io/sample.h"
#include "snn/model.h"

namespace akida::brute {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : generator_(seed) {}
  int in(int low, int high) { return std::uniform_int_distribution<int>(low, high)(generator_); }
  bool chance(int percent) { return in(1, 100) <= percent; }
  double real(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(generator_);
  }

 private:
  std::mt19937 generator_;
};

// Bits of weights, inputs and levels: each width, the binary and the 4-bit ones more often.
inline int random_bits(Dice& dice) {
  if (dice.chance(40)) return 4;
  return dice.chance(40) ? 1 : dice.in(1, 8);
}

struct Limits {
  int size = 20;      // largest width and height of the input
  int channels = 12;  // usual limit of channels and neurons; now and then up to 150
  int layers = 4;
};

inline int random_channels(Dice& dice, const Limits& limits) {
  return dice.chance(8) ? dice.in(1, 150) : dice.in(1, limits.channels);
}

inline snn::Convolution random_convolution(Dice& dice, const Shape& input) {
  snn::Convolution convolution;
  convolution.mode = static_cast<snn::ConvolutionMode>(dice.in(0, 2));
  const bool valid = convolution.mode == snn::ConvolutionMode::kValid;
  convolution.kernel_width = dice.in(1, valid ? std::min(7, input.width) : 7);
  convolution.kernel_height = dice.in(1, valid ? std::min(7, input.height) : 7);
  if (dice.chance(40)) convolution.kernel_width = convolution.kernel_height = 1 + 2 * dice.in(0, 1);
  if (valid) {
    convolution.kernel_width = std::min(convolution.kernel_width, input.width);
    convolution.kernel_height = std::min(convolution.kernel_height, input.height);
  }
  convolution.stride_x = dice.chance(50) ? 1 : dice.in(1, 4);
  convolution.stride_y = dice.chance(70) ? convolution.stride_x : dice.in(1, 4);
  return convolution;
}

// Sizes that do not fit the convolution's output make the model refuse the layer.
inline snn::Pooling random_pooling(Dice& dice) {
  snn::Pooling pooling;
  pooling.type = static_cast<snn::PoolingType>(dice.in(0, 2));
  pooling.width = dice.chance(20) ? -1 : dice.in(1, 4);
  pooling.height = dice.chance(20) ? -1 : dice.in(1, 4);
  pooling.stride_x = dice.chance(40) ? -1 : dice.in(1, 4);
  pooling.stride_y = dice.chance(40) ? -1 : dice.in(1, 4);
  return pooling;
}

// Activations on, in 1 to 8 bits; `spread` is about how far potentials stray from 0.
inline snn::Activation random_activation(Dice& dice, double spread) {
  snn::Activation activation;
  activation.threshold_fire_bits = random_bits(dice);
  activation.threshold_fire = static_cast<std::int32_t>(dice.real(-1, 1) * spread);
  activation.threshold_fire_step = static_cast<float>(spread * std::exp2(dice.real(-5, -2)) + 1e-3);
  return activation;
}

inline void randomize_weights(Dice& dice, Dense& weights, int bits) {
  const int high = snn::weight_limit(bits), low = bits == 1 ? 0 : -high;
  const int zeros = dice.chance(30) ? dice.in(0, 100) : 10;
  const bool extreme = dice.chance(10);
  for (std::int8_t& weight : weights.data<std::int8_t>()) {
    const int value = extreme ? (dice.chance(50) ? low : high) : dice.in(low, high);
    weight = static_cast<std::int8_t>(dice.chance(zeros) ? 0 : value);
  }
}

// Gives every neuron its own threshold and step near the layer's, some of them far off.
inline void randomize_thresholds(Dice& dice, snn::Layer& layer, double spread) {
  for (std::int32_t& threshold : layer.variables.threshold_fire) {
    threshold += static_cast<std::int32_t>(dice.real(-0.5, 0.5) * spread);
    if (dice.chance(1)) threshold = dice.chance(50) ? INT32_MAX : INT32_MIN;
  }
  for (float& step : layer.variables.threshold_fire_step) {
    step = static_cast<float>(double{step} * dice.real(0.5, 2));
    if (dice.chance(1)) step = dice.chance(50) ? 1e-30F : 3e30F;
  }
  for (double& shift : layer.variables.shift) shift = dice.real(-spread, spread);
  for (double& scale : layer.variables.scale) scale = dice.real(-2, 2);
}

// A standard deviation of potentials for random weights and inputs.
inline double potential_spread(const snn::Layer& layer, int connections) {
  return 0.3 * std::sqrt(double(connections)) * snn::weight_limit(snn::weights_bits(layer)) *
         std::max(1, layer.input_max);
}

template <typename Parameters>
void randomize_convolution(Dice& dice, Parameters& parameters, const Shape& input,
                           const Limits& limits) {
  parameters.num_neurons = random_channels(dice, limits);
  parameters.convolution = random_convolution(dice, input);
  if (dice.chance(50)) parameters.pooling = random_pooling(dice);
}

inline snn::Parameters random_parameters(Dice& dice, const Shape& input, const Limits& limits) {
  const int bits = dice.chance(15) ? 2 : random_bits(dice);
  switch (dice.in(0, 9)) {
    case 0:
      return snn::Concat{};
    case 1:
    case 2:
      return snn::FullyConnected{.num_neurons = random_channels(dice, limits),
                                 .weights_bits = bits};
    case 3:
    case 4:
    case 5: {
      snn::SeparableConvolutional separable{.weights_bits = std::max(bits, 2)};
      randomize_convolution(dice, separable, input, limits);
      return separable;
    }
    default: {
      snn::Convolutional convolutional{.weights_bits = bits};
      randomize_convolution(dice, convolutional, input, limits);
      return convolutional;
    }
  }
}

inline snn::Parameters random_input(Dice& dice, const Limits& limits) {
  Shape shape{.width = dice.in(1, limits.size), .height = dice.in(1, limits.size), .channels = 1};
  if (dice.chance(30)) {
    shape.channels = dice.chance(50) ? 1 : 3;
    snn::InputConvolutional image{
        .input = shape, .weights_bits = dice.in(1, 8), .padding_value = dice.in(0, 255)};
    randomize_convolution(dice, image, shape, limits);
    return image;
  }
  shape.channels = random_channels(dice, limits);
  return snn::InputData{.input = shape, .input_bits = random_bits(dice)};
}

// Adds a layer after `inbounds` with random weights and thresholds; false where the model refuses
// it (a kernel or pooling that does not fit, inbound maps of different sizes).
inline bool try_add(Dice& dice, snn::Model& model, snn::Parameters parameters,
                    std::vector<std::uint32_t> inbounds, bool enabled) {
  snn::Layer layer{.inbounds = std::move(inbounds), .parameters = std::move(parameters)};
  snn::Model trial = model;
  try {
    trial.add(layer);
  } catch (const Error&) {
    return false;
  }
  layer = trial.layers().back();
  if (layer.type() != snn::LayerType::kInputData) {
    const auto neurons = static_cast<std::int64_t>(snn::num_neurons(layer));
    const int bits = snn::weights_bits(layer);
    double spread = 300;
    if (layer.type() != snn::LayerType::kConcat) {
      randomize_weights(dice, layer.variables.weights, bits);
      if (!layer.variables.weights_pw.empty()) {
        randomize_weights(dice, layer.variables.weights_pw, bits);
      }
      spread = potential_spread(layer, static_cast<int>(layer.variables.weights.size() / neurons));
    }
    *snn::activation_of(layer) = random_activation(dice, spread);
    snn::activation_of(layer)->enabled = enabled;
    layer.variables.threshold_fire.clear();
    layer.variables.threshold_fire_step.clear();
    trial = model;
    trial.add(layer);
    layer = trial.layers().back();
    randomize_thresholds(dice, layer, spread);
  }
  model.add(std::move(layer));
  return true;
}

// Two layers on the same input whose potentials a Concat joins.
inline void add_potential_pair(Dice& dice, snn::Model& model, const Limits& limits, bool enabled) {
  const auto from = static_cast<std::uint32_t>(model.layers().size() - 1);
  snn::Convolutional a{.num_neurons = random_channels(dice, limits), .weights_bits = 4};
  a.convolution = random_convolution(dice, model.output_shape());
  snn::SeparableConvolutional b{.num_neurons = random_channels(dice, limits), .weights_bits = 2};
  b.convolution = a.convolution;
  if (!try_add(dice, model, a, {from}, false)) return;
  if (!try_add(dice, model, b, {from}, false)) return;
  try_add(dice, model, snn::Concat{}, {from + 1, from + 2}, enabled);
}

// Any layer so far; the model refuses to join it with the last one where their sizes differ.
inline std::uint32_t random_partner(Dice& dice, const snn::Model& model) {
  return static_cast<std::uint32_t>(dice.in(0, static_cast<int>(model.layers().size()) - 1));
}

inline snn::Model random_model(Dice& dice, const Limits& limits) {
  snn::Model model;
  while (!try_add(dice, model, random_input(dice, limits), {}, true)) {
  }
  const int layers = dice.in(0, limits.layers);
  for (int i = 0; i < layers; ++i) {
    if (snn::outputs_potentials(model.layers().back())) break;
    const bool last = i + 1 == layers;
    const bool enabled = !last || dice.chance(60);
    if (dice.chance(8)) {
      add_potential_pair(dice, model, limits, enabled);
      continue;
    }
    std::vector<std::uint32_t> inbounds;
    if (dice.chance(30)) {
      inbounds = {random_partner(dice, model),
                  static_cast<std::uint32_t>(model.layers().size() - 1)};
      if (dice.chance(30)) std::swap(inbounds[0], inbounds[1]);
    }
    try_add(dice, model, random_parameters(dice, model.output_shape(), limits), inbounds, enabled);
  }
  return model;
}

// One fully connected layer that may be large enough for every kernel family.
inline snn::Model random_fully_connected(Dice& dice) {
  snn::Model model;
  const Shape shape{.width = dice.in(1, 12), .height = dice.in(1, 12), .channels = dice.in(1, 40)};
  try_add(dice, model, snn::InputData{.input = shape, .input_bits = random_bits(dice)}, {}, true);
  const snn::FullyConnected layer{.num_neurons = dice.in(1, 500),
                                  .weights_bits = dice.chance(20) ? 2 : random_bits(dice)};
  try_add(dice, model, layer, {0}, dice.chance(50));
  return model;
}

// One layer with inputs of 1 bit and weights of 1 bit or ternary: bit planes or events.
inline snn::Model random_binary_layer(Dice& dice) {
  snn::Model model;
  const Shape shape{.width = dice.in(1, 8), .height = dice.in(1, 8), .channels = dice.in(1, 40)};
  try_add(dice, model, snn::InputData{.input = shape, .input_bits = 1}, {}, true);
  const std::int32_t neurons = dice.in(1, 150);
  if (dice.chance(50)) {
    const snn::FullyConnected layer{.num_neurons = neurons, .weights_bits = dice.in(1, 2)};
    try_add(dice, model, layer, {0}, false);
  } else {
    snn::Convolutional layer{.num_neurons = neurons, .weights_bits = dice.in(1, 2)};
    layer.convolution = random_convolution(dice, shape);
    try_add(dice, model, layer, {0}, false);
  }
  return model;
}

// Dense samples of the model's input with a random share of zeros, one map and one batch.
struct Samples {
  std::vector<Map> maps;
  io::Batch batch;
};

inline Samples random_samples(Dice& dice, const snn::Model& model, int count) {
  const snn::Layer& first = model.layer(0);
  const Shape shape = first.input_shape;
  Samples samples;
  samples.batch.size = static_cast<std::size_t>(count);
  samples.batch.dense = Dense(DType::kU8, {count, shape.height, shape.width, shape.channels});
  std::size_t at = 0;
  for (int i = 0; i < count; ++i) {
    samples.batch.ids.push_back(fmt::format("s{}", i));
    Map map(shape.width, shape.height, shape.channels);
    const int zeros = dice.chance(20) ? 0 : dice.chance(20) ? 100 : dice.in(0, 99);
    const bool extreme = dice.chance(10);
    for (std::int64_t& value : map.values) {
      if (!dice.chance(zeros)) value = extreme ? first.input_max : dice.in(0, first.input_max);
      samples.batch.dense.data<std::uint8_t>()[at++] = static_cast<std::uint8_t>(value);
    }
    samples.maps.push_back(std::move(map));
  }
  return samples;
}

// The same samples as a batch of events.
inline io::Batch as_events(const Samples& samples) {
  io::Batch batch;
  batch.size = samples.batch.size;
  batch.ids = samples.batch.ids;
  for (const Map& map : samples.maps) {
    std::uint32_t count = 0;
    for (int y = 0; y < map.height; ++y) {
      for (int x = 0; x < map.width; ++x) {
        for (int c = 0; c < map.channels; ++c) {
          const auto value = static_cast<std::uint8_t>(map.at(x, y, c));
          if (value == 0) continue;
          batch.events.push_back({.y = static_cast<std::uint32_t>(y),
                                  .x = static_cast<std::uint32_t>(x),
                                  .c = static_cast<std::uint32_t>(c),
                                  .value = value});
          ++count;
        }
      }
    }
    batch.event_counts.push_back(count);
  }
  return batch;
}

}  // namespace akida::brute
