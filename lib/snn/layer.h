// Layers of the integer spiking network as plain values: parameters, variables, learning state.
//
// Names, defaults and meanings follow the constructors of the documented API ("Akida Execution
// Engine API" 1.8). Semantics: DESIGN section 6; the engine implements them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tensor/dense.h"
#include "tensor/shape.h"

namespace akida::snn {

// Order of the alternatives in Parameters.
enum class LayerType : std::uint8_t {
  kInputData,
  kInputConvolutional,
  kFullyConnected,
  kConvolutional,
  kSeparableConvolutional,
  kConcat,
};

// Padding of the input, named as in Keras and TensorFlow.
enum class ConvolutionMode : std::uint8_t {
  kValid,  // none: out = floor((in - kernel) / stride) + 1
  kSame,   // out = ceil(in / stride); the odd cell goes to the right and bottom
  kFull,   // kernel - 1 on every side: out = floor((in + kernel - 2) / stride) + 1
};

enum class PoolingType : std::uint8_t { kNoPooling, kMax, kAverage };

struct Convolution {
  std::int32_t kernel_width = 1;  // 1..256
  std::int32_t kernel_height = 1;
  std::int32_t stride_x = 1;
  std::int32_t stride_y = 1;
  ConvolutionMode mode = ConvolutionMode::kSame;

  bool operator==(const Convolution&) const = default;
};

struct Pooling {
  PoolingType type = PoolingType::kNoPooling;
  std::int32_t width = -1;     // -1: global along x
  std::int32_t height = -1;    // -1: global along y
  std::int32_t stride_x = -1;  // -1: equal to the pooling width
  std::int32_t stride_y = -1;

  bool operator==(const Pooling&) const = default;
};

// Initial values of the per-neuron variables, and the number of bits of the response.
struct Activation {
  bool enabled = true;  // off: the layer's output is its int32 potentials
  std::int32_t threshold_fire = 0;
  float threshold_fire_step = 1.0F;      // > 0 and finite; interval length at 4 bits
  std::int32_t threshold_fire_bits = 1;  // 1..8: levels 0..2^bits-1

  bool operator==(const Activation&) const = default;
};

struct InputData {
  Shape input;                  // of every sample
  std::int32_t input_bits = 4;  // 1..8: values 0..2^bits-1

  bool operator==(const InputData&) const = default;
};

// The only layer with 8-bit input: images of 1 or 3 channels (0..255), cross-correlated.
struct InputConvolutional {
  Shape input;
  std::int32_t num_neurons = 1;
  std::int32_t weights_bits = 1;  // 1: {0, 1}; 2..8: +-(2^(bits-1) - 1)
  Convolution convolution;
  Pooling pooling;
  Activation activation;
  std::int32_t padding_value = 0;  // 0..255, the value of padded cells

  bool operator==(const InputConvolutional&) const = default;
};

struct FullyConnected {
  std::int32_t num_neurons = 1;
  std::int32_t weights_bits = 1;
  Activation activation;

  bool operator==(const FullyConnected&) const = default;
};

// A true convolution: the stored kernel is flipped in x and y.
struct Convolutional {
  std::int32_t num_neurons = 1;
  std::int32_t weights_bits = 1;
  Convolution convolution;
  Pooling pooling;
  Activation activation;

  bool operator==(const Convolutional&) const = default;
};

// One kernel per channel (true convolution), then a 1x1 convolution over the exact sums.
struct SeparableConvolutional {
  std::int32_t num_neurons = 1;   // of the pointwise stage
  std::int32_t weights_bits = 2;  // of both stages
  Convolution convolution;
  Pooling pooling;
  Activation activation;

  bool operator==(const SeparableConvolutional&) const = default;
};

// Inbound layers side by side along channels. Levels pass through unchanged; potentials get this
// layer's activation.
struct Concat {
  Activation activation;

  bool operator==(const Concat&) const = default;
};

using Parameters = std::variant<InputData, InputConvolutional, FullyConnected, Convolutional,
                                SeparableConvolutional, Concat>;

// What training and conversion change. Vectors have one entry per neuron (Concat: per channel)
// and are empty for InputData.
struct Variables {
  // i8. InputConvolutional, Convolutional: [kernel_width, kernel_height, channels, neurons];
  // FullyConnected: [1, 1, inputs, neurons] with input (c * height + y) * width + x;
  // SeparableConvolutional: the depthwise kernels, [kernel_width, kernel_height, channels, 1].
  Dense weights;
  Dense weights_pw;  // SeparableConvolutional: [1, 1, channels, neurons]
  std::vector<std::int32_t> threshold_fire;
  std::vector<float> threshold_fire_step;
  std::vector<double> shift;  // evaluate: (potential - shift) * scale
  std::vector<double> scale;

  bool operator==(const Variables&) const = default;
};

enum class LearningRule : std::uint8_t {
  kRelative,  // a neuron's memory is compared relative to the size of the sample (default)
  kPlain,     // potentials are compared as they are
};

// Parameters of `compile` and the state of every neuron; part of the model, so learning goes on
// after a reload exactly as it would have without one.
struct Learning {
  LearningRule rule = LearningRule::kRelative;
  std::uint64_t seed = 0;
  std::int32_t num_weights = 1;       // ones per neuron, constant
  std::int32_t num_classes = 1;       // neurons are divided into equal groups
  double initial_plasticity = 1.0;    // 0..1
  double learning_competition = 0.0;  // 0..1
  double min_plasticity = 0.1;        // 0..1
  double plasticity_decay = 0.25;     // 0..1, times initial_plasticity per learning step

  // One entry per neuron.
  std::vector<double> plasticity;
  std::vector<std::int32_t> threshold_learning;  // potential when it last learned; 0 = never
  std::vector<std::uint32_t> learning_events;    // events of the sample it last learned from
  std::vector<std::uint64_t> learning_count;     // times it learned

  bool operator==(const Learning&) const = default;
};

struct Layer {
  std::string name;                     // unique; not only digits; without '.', ':', '='
  std::vector<std::uint32_t> inbounds;  // indices of earlier layers; empty for input layers
  Parameters parameters;
  Variables variables;
  std::optional<Learning> learning;  // the last layer only

  // Derived by Model::add.
  Shape input_shape;  // after concatenation of the inbound layers
  Shape output_shape;
  std::int32_t input_max = 0;  // largest input value; 0 where the input is potentials

  [[nodiscard]] LayerType type() const { return static_cast<LayerType>(parameters.index()); }
  [[nodiscard]] bool is_input() const {
    return type() == LayerType::kInputData || type() == LayerType::kInputConvolutional;
  }

  bool operator==(const Layer&) const = default;
};

[[nodiscard]] const char* name_of(LayerType type);        // "InputConvolutional"
[[nodiscard]] const char* name_of(ConvolutionMode mode);  // "Same"
[[nodiscard]] const char* name_of(PoolingType type);      // "NoPooling"

// The part of that kind, or nullptr where the layer type has none.
[[nodiscard]] const Convolution* convolution_of(const Layer& layer);
[[nodiscard]] const Pooling* pooling_of(const Layer& layer);
[[nodiscard]] const Activation* activation_of(const Layer& layer);
[[nodiscard]] Activation* activation_of(Layer& layer);

// Neurons (Concat, InputData: output channels; needs output_shape).
[[nodiscard]] std::int32_t num_neurons(const Layer& layer);

// 1..8; 0 for layers without weights.
[[nodiscard]] std::int32_t weights_bits(const Layer& layer);

// True where the output is int32 potentials: activations exist and are off.
[[nodiscard]] bool outputs_potentials(const Layer& layer);

// Largest level the layer can put out (2^bits - 1, or the InputData's); 0 for potentials.
// `input_max` answers for a Concat of levels.
[[nodiscard]] std::int32_t output_max(const Layer& layer);

// Largest weight magnitude of `bits`: 1 for 1 bit (weights {0, 1}), 2^(bits-1) - 1 otherwise.
[[nodiscard]] std::int32_t weight_limit(std::int32_t bits);

}  // namespace akida::snn
