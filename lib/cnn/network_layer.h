// Layers of a convolutional network as plain values, with the semantics of Keras.
//
// Names, arguments and defaults are those of tf.keras (2.x, channels_last). Shapes are without the
// batch: [height, width, channels] or [features].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tensor/dense.h"

namespace akida::cnn {

// [height, width, channels] or [features].
using Dims = std::vector<std::int32_t>;

// Vertical and horizontal sizes, in Keras' order.
struct Extent {
  std::int32_t height = 1;
  std::int32_t width = 1;

  bool operator==(const Extent&) const = default;
};

// Valid: out = floor((in - size) / stride) + 1. Same: out = ceil(in / stride), the odd cell of
// padding goes to the bottom and right.
enum class Padding : std::uint8_t { kValid, kSame };

// Penalty l1 * sum |x| + l2 * sum x^2 added to the training loss.
struct Regularizer {
  float l1 = 0.0F;
  float l2 = 0.0F;

  bool operator==(const Regularizer&) const = default;
};

// Where a weight quantizer takes its limit from: the largest magnitude that its codes express.
// "PerAxis" kinds have one limit per output filter, the others of the first five one for all.
enum class QuantizerKind : std::uint8_t {
  kMax,           // max |w|
  kMaxPerAxis,    // max |w| of the filter
  kStd,           // threshold * standard deviation of w
  kStdPerAxis,    // threshold * standard deviation of the filter
  kTrainableStd,  // as kStd; the threshold is a variable that is trained
  kFixed,         // a variable, one per filter, that training leaves alone
  kLsq,           // a variable, one per filter, that is trained (learned step size quantization)
};

// Makes integer codes of a kernel's weights: cnn/quantizer.h has the mathematics. A layer with a
// quantizer keeps its float weights and computes with the quantized ones.
struct WeightQuantizer {
  QuantizerKind kind = QuantizerKind::kMaxPerAxis;
  std::int32_t bits = 4;   // 2..8: codes -(2^(bits-1) - 1)..2^(bits-1) - 1
  float threshold = 3.0F;  // of kStd and kStdPerAxis; the first value of kTrainableStd's variable

  bool operator==(const WeightQuantizer&) const = default;
};

// Order of the alternatives in Parameters.
enum class LayerType : std::uint8_t {
  kInput,
  kRescaling,
  kConv2D,
  kSeparableConv2D,
  kDepthwiseConv2D,
  kDense,
  kBatchNormalization,
  kReLU,
  kMaxPooling2D,
  kAveragePooling2D,
  kGlobalAveragePooling2D,
  kGlobalMaxPooling2D,
  kFlatten,
  kReshape,
  kDropout,
  kActivation,
  kSoftmax,
  kConcatenate,
  kActivationDiscreteRelu,
  kQuantizedReLU,
};

struct Input {
  Dims shape;

  bool operator==(const Input&) const = default;
};

// y = x * scale + offset.
struct Rescaling {
  float scale = 1.0F;
  float offset = 0.0F;

  bool operator==(const Rescaling&) const = default;
};

// Cross-correlation with kernels [height, width, channels, filters].
struct Conv2D {
  std::int32_t filters = 1;
  Extent kernel_size;
  Extent strides;
  Padding padding = Padding::kValid;
  bool use_bias = true;
  Regularizer kernel_regularizer;
  std::optional<WeightQuantizer> kernel_quantizer;

  bool operator==(const Conv2D&) const = default;
};

// One kernel per channel [height, width, channels, 1], then a 1x1 convolution
// [1, 1, channels, filters]; nothing in between. Depthwise kernels have one limit for all channels,
// so their quantizer is of no per-axis kind.
struct SeparableConv2D {
  std::int32_t filters = 1;
  Extent kernel_size;
  Extent strides;
  Padding padding = Padding::kValid;
  bool use_bias = true;
  Regularizer depthwise_regularizer;
  Regularizer pointwise_regularizer;
  std::optional<WeightQuantizer> depthwise_quantizer;
  std::optional<WeightQuantizer> pointwise_quantizer;

  bool operator==(const SeparableConv2D&) const = default;
};

// One kernel per channel [height, width, channels, 1].
struct DepthwiseConv2D {
  Extent kernel_size;
  Extent strides;
  Padding padding = Padding::kValid;
  bool use_bias = true;
  Regularizer depthwise_regularizer;
  std::optional<WeightQuantizer> depthwise_quantizer;

  bool operator==(const DepthwiseConv2D&) const = default;
};

// On the last axis, kernel [inputs, units].
struct Dense {
  std::int32_t units = 1;
  bool use_bias = true;
  Regularizer kernel_regularizer;
  std::optional<WeightQuantizer> kernel_quantizer;

  bool operator==(const Dense&) const = default;
};

// On the last axis: gamma * (x - mean) / sqrt(variance + epsilon) + beta.
struct BatchNormalization {
  float momentum = 0.99F;
  float epsilon = 1e-3F;
  // Training keeps gamma at or above it (the documented MinValueConstraint); none: unbounded.
  std::optional<float> min_gamma;

  bool operator==(const BatchNormalization&) const = default;
};

// min(max(x, 0), max_value).
struct ReLU {
  std::optional<float> max_value;
  Regularizer activity_regularizer;

  bool operator==(const ReLU&) const = default;
};

struct MaxPooling2D {
  Extent pool_size{2, 2};
  Extent strides{2, 2};
  Padding padding = Padding::kValid;

  bool operator==(const MaxPooling2D&) const = default;
};

// Mean over the cells of the window that lie inside the map.
struct AveragePooling2D {
  Extent pool_size{2, 2};
  Extent strides{2, 2};
  Padding padding = Padding::kValid;

  bool operator==(const AveragePooling2D&) const = default;
};

struct GlobalAveragePooling2D {
  bool operator==(const GlobalAveragePooling2D&) const = default;
};

struct GlobalMaxPooling2D {
  bool operator==(const GlobalMaxPooling2D&) const = default;
};

struct Flatten {
  bool operator==(const Flatten&) const = default;
};

struct Reshape {
  Dims target_shape;

  bool operator==(const Reshape&) const = default;
};

// Training sets each value to 0 with probability `rate` and divides the others by 1 - rate.
struct Dropout {
  float rate = 0.5F;  // 0 <= rate < 1

  bool operator==(const Dropout&) const = default;
};

enum class ActivationFunction : std::uint8_t { kLinear, kSoftmax, kSigmoid };

struct Activation {
  ActivationFunction function = ActivationFunction::kLinear;

  bool operator==(const Activation&) const = default;
};

// Softmax over the last axis, as a layer class of its own (Keras has both).
struct Softmax {
  bool operator==(const Softmax&) const = default;
};

// Along the last axis.
struct Concatenate {
  bool operator==(const Concatenate&) const = default;
};

// step * clip(ceil((x - step/2) / step), 0, levels) with levels = 2^bitwidth - 1 and
// step = min(levels, 6) / levels.
struct ActivationDiscreteRelu {
  std::int32_t bitwidth = 1;  // 1..8
  Regularizer activity_regularizer;

  bool operator==(const ActivationDiscreteRelu&) const = default;
};

// step * clip(ceil((x - threshold) / step), 0, levels) with levels = 2^bitwidth - 1.
// With max_value: step = max_value / levels and threshold = step / 2. Without: both are variables
// that are trained, at first those of ActivationDiscreteRelu.
struct QuantizedReLU {
  std::int32_t bitwidth = 1;  // 1..8
  std::optional<float> max_value;
  Regularizer activity_regularizer;

  bool operator==(const QuantizedReLU&) const = default;
};

using Parameters =
    std::variant<Input, Rescaling, Conv2D, SeparableConv2D, DepthwiseConv2D, Dense,
                 BatchNormalization, ReLU, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D,
                 GlobalMaxPooling2D, Flatten, Reshape, Dropout, Activation, Softmax, Concatenate,
                 ActivationDiscreteRelu, QuantizedReLU>;

// One float32 tensor of a layer.
struct Variable {
  // Keras' name: kernel, depthwise_kernel, pointwise_kernel, bias, gamma, beta, moving_mean,
  // moving_variance. Of a quantizer behind those: kernel_limit (kFixed, kLsq), kernel_threshold
  // (kTrainableStd), and the same for depthwise and pointwise. Of a QuantizedReLU: threshold, step.
  std::string name;
  akida::Dense value;
  bool trainable = true;  // false: updated by training, but not by the gradient

  bool operator==(const Variable&) const = default;
};

struct Layer {
  std::string name;                     // unique
  std::vector<std::uint32_t> inbounds;  // indices of earlier layers; empty for Input
  Parameters parameters;
  std::vector<Variable> variables;  // in Keras' order

  // Derived by Network::add.
  Dims input_shape;  // of the first inbound layer
  Dims output_shape;

  [[nodiscard]] LayerType type() const { return static_cast<LayerType>(parameters.index()); }

  bool operator==(const Layer&) const = default;
};

[[nodiscard]] const char* name_of(LayerType type);      // "SeparableConv2D"; Input is "InputLayer"
[[nodiscard]] const char* name_of(QuantizerKind kind);  // "max_per_axis"

// True for layers with a kernel: Conv2D, SeparableConv2D, DepthwiseConv2D, Dense.
[[nodiscard]] bool is_neural(const Layer& layer);

// Elements of all variables, or of the trainable ones.
[[nodiscard]] std::int64_t parameter_count(const Layer& layer);
[[nodiscard]] std::int64_t trainable_count(const Layer& layer);

}  // namespace akida::cnn
