#include "cnn/shapes.h"

#include <cmath>
#include <type_traits>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "cnn/network.h"

namespace akida::cnn {
namespace {

void require_in(const char* argument, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high) {
    fail(ErrorKind::kInvalid, "{} {} is outside {}..{}", argument, value, low, high);
  }
}

void check_extent(const char* argument, const Extent& extent) {
  if (extent.height < 1 || extent.height > kMaxKernel || extent.width < 1 ||
      extent.width > kMaxKernel) {
    fail(ErrorKind::kInvalid, "{} ({}, {}) is outside 1..{}", argument, extent.height, extent.width,
         kMaxKernel);
  }
}

void check_shape(const char* argument, const Dims& dims) {
  if (dims.size() != 1 && dims.size() != 3) {
    fail(ErrorKind::kInvalid, "{} {} has {} dimensions, not 1 or 3", argument, to_string(dims),
         dims.size());
  }
  for (std::int32_t dim : dims) require_in(argument, dim, 1, kMaxDimension);
  (void)element_count(dims);
}

void check_regularizer(const char* argument, const Regularizer& regularizer) {
  for (float factor : {regularizer.l1, regularizer.l2}) {
    if (!std::isfinite(factor) || factor < 0) {
      fail(ErrorKind::kInvalid, "{} {} is not finite and at least 0", argument, factor);
    }
  }
}

void check_finite(const char* argument, float value) {
  if (!std::isfinite(value)) fail(ErrorKind::kInvalid, "{} {} is not finite", argument, value);
}

void check_max_value(const std::optional<float>& value) {
  if (value && !(*value > 0 && std::isfinite(*value))) {
    fail(ErrorKind::kInvalid, "max_value {} is not finite and above 0", *value);
  }
}

bool uses_threshold(QuantizerKind kind) {
  return kind == QuantizerKind::kStd || kind == QuantizerKind::kStdPerAxis ||
         kind == QuantizerKind::kTrainableStd;
}

void check_quantizer(const KernelNames& names, const std::optional<WeightQuantizer>& quantizer) {
  if (!quantizer) return;
  const auto& [kind, bits, threshold] = *quantizer;
  if (bits < 2 || bits > 8) {
    fail(ErrorKind::kInvalid, "{}: bits {} is outside 2..8", names.quantizer, bits);
  }
  if (uses_threshold(kind) && !(threshold > 0 && std::isfinite(threshold))) {
    fail(ErrorKind::kInvalid, "{}: threshold {} is not finite and above 0", names.quantizer,
         threshold);
  }
  if (!uses_threshold(kind) && threshold != WeightQuantizer{}.threshold) {
    fail(ErrorKind::kInvalid, "{}: kind {} has no threshold, but it is {}", names.quantizer,
         name_of(kind), threshold);
  }
  const bool per_axis = kind == QuantizerKind::kMaxPerAxis || kind == QuantizerKind::kStdPerAxis;
  if (names.kernel == kDepthwiseNames.kernel && per_axis) {
    fail(ErrorKind::kInvalid,
         "{}: kind {} has one scale per filter, but a depthwise kernel has one for all: it is one "
         "of max, std, trainable_std, fixed, lsq",
         names.quantizer, name_of(kind));
  }
}

// The arguments that several layer types share, by member name.
template <typename Layer>
void check_shared(const Layer& layer) {
  if constexpr (requires { layer.kernel_size; }) check_extent("kernel_size", layer.kernel_size);
  if constexpr (requires { layer.pool_size; }) check_extent("pool_size", layer.pool_size);
  if constexpr (requires { layer.strides; }) check_extent("strides", layer.strides);
  if constexpr (requires { layer.filters; }) require_in("filters", layer.filters, 1, kMaxDimension);
  if constexpr (requires { layer.units; }) require_in("units", layer.units, 1, kMaxDimension);
  if constexpr (requires { layer.kernel_regularizer; }) {
    check_regularizer("kernel_regularizer", layer.kernel_regularizer);
  }
  if constexpr (requires { layer.depthwise_regularizer; }) {
    check_regularizer("depthwise_regularizer", layer.depthwise_regularizer);
  }
  if constexpr (requires { layer.pointwise_regularizer; }) {
    check_regularizer("pointwise_regularizer", layer.pointwise_regularizer);
  }
  if constexpr (requires { layer.activity_regularizer; }) {
    check_regularizer("activity_regularizer", layer.activity_regularizer);
  }
  if constexpr (requires { layer.bitwidth; }) require_in("bitwidth", layer.bitwidth, 1, 8);
  if constexpr (requires { layer.max_value; }) check_max_value(layer.max_value);
}

void check_own(const Input& layer) { check_shape("shape", layer.shape); }
void check_own(const Reshape& layer) { check_shape("target_shape", layer.target_shape); }
void check_own(const Rescaling& layer) {
  check_finite("scale", layer.scale);
  check_finite("offset", layer.offset);
}
void check_own(const BatchNormalization& layer) {
  if (!(layer.momentum >= 0 && layer.momentum <= 1)) {
    fail(ErrorKind::kInvalid, "momentum {} is outside 0..1", layer.momentum);
  }
  if (!(layer.epsilon > 0 && std::isfinite(layer.epsilon))) {
    fail(ErrorKind::kInvalid, "epsilon {} is not finite and above 0", layer.epsilon);
  }
  if (layer.min_gamma) check_finite("min_gamma", *layer.min_gamma);
}
void check_own(const Dropout& layer) {
  if (!(layer.rate >= 0 && layer.rate < 1)) {
    fail(ErrorKind::kInvalid, "rate {} is outside 0 <= rate < 1", layer.rate);
  }
}
template <typename Layer>
void check_own(const Layer&) {}

// Positions of a window along one axis; fails where it does not fit a Valid input.
std::int32_t positions(const char* axis, std::int32_t input, std::int32_t size, std::int32_t stride,
                       Padding padding) {
  if (padding == Padding::kSame) return (input + stride - 1) / stride;
  if (input < size) {
    fail(ErrorKind::kInvalid, "a window of {} {} does not fit an input of {}", axis, size, input);
  }
  return (input - size) / stride + 1;
}

Dims slide(const Dims& input, const Extent& size, const Extent& strides, Padding padding,
           std::int32_t channels) {
  return {positions("height", input[0], size.height, strides.height, padding),
          positions("width", input[1], size.width, strides.width, padding), channels};
}

void require_map(const Dims& input) {
  if (input.size() != 3) {
    fail(ErrorKind::kInvalid, "input {} is not (height, width, channels)", to_string(input));
  }
}

Dims concatenate(const std::vector<Dims>& inputs) {
  Dims joined = inputs.front();
  joined.back() = 0;
  for (const Dims& input : inputs) {
    Dims sides = input;
    sides.back() = joined.back();
    if (sides != joined) {
      fail(ErrorKind::kInvalid, "inputs {} and {} differ before the last axis",
           to_string(inputs.front()), to_string(input));
    }
    joined.back() += input.back();
    require_in("channels", joined.back(), 1, kMaxDimension);
  }
  return joined;
}

Dims output_of(const Parameters& parameters, const Dims& input) {
  return std::visit(
      [&](const auto& layer) -> Dims {
        using Type = std::decay_t<decltype(layer)>;
        if constexpr (std::is_same_v<Type, Reshape>) {
          if (element_count(layer.target_shape) != element_count(input)) {
            fail(ErrorKind::kInvalid, "target_shape {} does not hold the {} values of {}",
                 to_string(layer.target_shape), element_count(input), to_string(input));
          }
          return layer.target_shape;
        } else if constexpr (std::is_same_v<Type, Flatten>) {
          const std::int64_t features = element_count(input);
          require_in("output dimension", features, 1, kMaxDimension);
          return {static_cast<std::int32_t>(features)};
        } else if constexpr (std::is_same_v<Type, Dense>) {
          Dims output = input;
          output.back() = layer.units;
          return output;
        } else if constexpr (requires { layer.kernel_size; }) {
          require_map(input);
          std::int32_t channels = input[2];
          if constexpr (requires { layer.filters; }) channels = layer.filters;
          return slide(input, layer.kernel_size, layer.strides, layer.padding, channels);
        } else if constexpr (requires { layer.pool_size; }) {
          require_map(input);
          return slide(input, layer.pool_size, layer.strides, layer.padding, input[2]);
        } else if constexpr (std::is_same_v<Type, GlobalAveragePooling2D> ||
                             std::is_same_v<Type, GlobalMaxPooling2D>) {
          require_map(input);
          return {input[2]};
        } else {
          return input;
        }
      },
      parameters);
}

}  // namespace

std::int64_t element_count(const Dims& dims) {
  std::int64_t count = 1;
  for (std::int32_t dim : dims) {
    count *= dim;
    if (count > kMaxElements) {
      fail(ErrorKind::kInvalid, "shape {} exceeds {} elements", to_string(dims), kMaxElements);
    }
  }
  return count;
}

void validate_arguments(const Layer& layer) {
  std::visit(
      [](const auto& parameters) {
        check_shared(parameters);
        check_own(parameters);
      },
      layer.parameters);
  visit_quantizers(layer.parameters, check_quantizer);
}

Dims infer_output(const Layer& layer, const std::vector<Dims>& inputs) {
  if (const auto* input = std::get_if<Input>(&layer.parameters)) return input->shape;
  Dims output = layer.type() == LayerType::kConcatenate
                    ? concatenate(inputs)
                    : output_of(layer.parameters, inputs.front());
  for (std::int32_t dim : output) require_in("output dimension", dim, 1, kMaxDimension);
  (void)element_count(output);
  return output;
}

}  // namespace akida::cnn
