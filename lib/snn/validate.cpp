#include "snn/validate.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/error.h"
#include "snn/model.h"

namespace akida::snn {
namespace {

void require_in(const char* parameter, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high) {
    fail(ErrorKind::kInvalid, "{} {} is outside {}..{}", parameter, value, low, high);
  }
}

void check_shape(const Shape& shape) {
  require_in("input_width", shape.width, 1, kMaxDimension);
  require_in("input_height", shape.height, 1, kMaxDimension);
  require_in("input_channels", shape.channels, 1, kMaxDimension);
}

void check_convolution(const Convolution& convolution) {
  require_in("kernel_width", convolution.kernel_width, 1, kMaxKernel);
  require_in("kernel_height", convolution.kernel_height, 1, kMaxKernel);
  require_in("stride_x", convolution.stride_x, 1, kMaxKernel);
  require_in("stride_y", convolution.stride_y, 1, kMaxKernel);
}

void check_pooling_size(const char* parameter, std::int32_t value) {
  if (value != -1) require_in(parameter, value, 1, kMaxKernel);
}

void check_pooling(const Pooling& pooling) {
  check_pooling_size("pooling_width", pooling.width);
  check_pooling_size("pooling_height", pooling.height);
  check_pooling_size("pooling_stride_x", pooling.stride_x);
  check_pooling_size("pooling_stride_y", pooling.stride_y);
}

void check_step(float step, const char* what) {
  if (!std::isfinite(step) || step <= 0) {
    fail(ErrorKind::kInvalid, "{} {} is not finite and above 0", what, step);
  }
}

void check_activation(const Activation& activation) {
  require_in("threshold_fire_bits", activation.threshold_fire_bits, 1, 8);
  check_step(activation.threshold_fire_step, "threshold_fire_step");
}

void check_dims(const char* name, const Dense& weights, const std::vector<std::int64_t>& wanted) {
  if (weights.dims() == wanted && weights.type() == DType::kI8) return;
  fail(ErrorKind::kInvalid, "{} is {} {}, not i8 ({})", name, name_of(weights.type()),
       weights.shape_string(), fmt::join(wanted, ", "));
}

void check_weights(const char* name, const Dense& weights, const std::vector<std::int64_t>& wanted,
                   std::int32_t bits) {
  if (wanted.empty() && weights.empty()) return;
  check_dims(name, weights, wanted);
  const auto high = static_cast<std::int8_t>(weight_limit(bits));
  const auto low = static_cast<std::int8_t>(bits == 1 ? 0 : -high);
  const auto values = weights.data<std::int8_t>();
  const auto is_bad = [&](std::int8_t value) { return value < low || value > high; };
  std::uint8_t any = 0;  // without an early exit the compiler looks at 16 weights at once
  for (std::int8_t value : values) any = static_cast<std::uint8_t>(any | is_bad(value));
  if (any == 0) return;
  const auto bad = std::find_if(values.begin(), values.end(), is_bad);
  fail(ErrorKind::kInvalid, "{}: element {}: value {} is outside {}..{} ({} bits)", name,
       bad - values.begin(), int{*bad}, int{low}, int{high}, bits);
}

template <typename Values>
void check_count(const char* name, const Values& values, std::size_t neurons) {
  if (values.size() != neurons) {
    fail(ErrorKind::kInvalid, "{} has {} values for {} neurons", name, values.size(), neurons);
  }
}

void check_finite(const char* name, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      fail(ErrorKind::kInvalid, "{}: element {}: value {} is not finite", name, i, values[i]);
    }
  }
}

void check_unit(const char* name, double value) {
  if (!(value >= 0 && value <= 1)) {
    fail(ErrorKind::kInvalid, "{} {} is outside 0..1", name, value);
  }
}

// Every neuron keeps exactly num_weights ones.
void check_ones(const Layer& layer, std::int32_t num_weights) {
  const auto neurons = static_cast<std::size_t>(num_neurons(layer));
  std::vector<std::int32_t> ones(neurons);
  const auto weights = layer.variables.weights.data<std::int8_t>();
  for (std::size_t first = 0; first < weights.size(); first += neurons) {
    for (std::size_t i = 0; i < neurons; ++i) ones[i] += weights[first + i];
  }
  for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
    if (ones[neuron] != num_weights) {
      fail(ErrorKind::kInvalid, "neuron {} has {} ones, not num_weights {}", neuron, ones[neuron],
           num_weights);
    }
  }
}

void check_learning(const Layer& layer) {
  const Learning& learning = *layer.learning;
  if (layer.type() != LayerType::kFullyConnected && layer.type() != LayerType::kConvolutional) {
    fail(ErrorKind::kInvalid, "{} cannot learn; FullyConnected and Convolutional can",
         name_of(layer.type()));
  }
  if (weights_bits(layer) != 1) {
    fail(ErrorKind::kInvalid, "learning needs weights_bits 1, not {}", weights_bits(layer));
  }
  if (layer.input_max != 1) {
    fail(ErrorKind::kInvalid, "learning needs inputs of 1 bit, not levels up to {}",
         layer.input_max);
  }
  const Pooling* pooling = pooling_of(layer);
  if (pooling != nullptr && pooling->type != PoolingType::kNoPooling) {
    fail(ErrorKind::kInvalid, "a learning layer has no pooling");
  }
  const auto neurons = static_cast<std::size_t>(num_neurons(layer));
  const std::int64_t connections =
      layer.variables.weights.size() / static_cast<std::int64_t>(neurons);
  require_in("num_weights", learning.num_weights, 1, connections);
  require_in("num_classes", learning.num_classes, 1, static_cast<std::int64_t>(neurons));
  if (neurons % static_cast<std::size_t>(learning.num_classes) != 0) {
    fail(ErrorKind::kInvalid, "{} neurons cannot be divided into {} classes", neurons,
         learning.num_classes);
  }
  check_unit("initial_plasticity", learning.initial_plasticity);
  check_unit("learning_competition", learning.learning_competition);
  check_unit("min_plasticity", learning.min_plasticity);
  check_unit("plasticity_decay", learning.plasticity_decay);
  check_count("plasticity", learning.plasticity, neurons);
  check_count("threshold_learning", learning.threshold_learning, neurons);
  check_count("learning_events", learning.learning_events, neurons);
  check_count("learning_count", learning.learning_count, neurons);
  for (double plasticity : learning.plasticity) check_unit("plasticity", plasticity);
  for (std::int32_t threshold : learning.threshold_learning) {
    require_in("threshold_learning", threshold, 0, learning.num_weights);
  }
  check_ones(layer, learning.num_weights);
}

}  // namespace

WeightShapes weight_shapes(const Layer& layer) {
  const Shape& input = layer.input_shape;
  const std::int64_t neurons = num_neurons(layer);
  if (layer.type() == LayerType::kFullyConnected) return {{1, 1, input.size(), neurons}, {}};
  const Convolution* convolution = convolution_of(layer);
  if (convolution == nullptr) return {};
  const std::int64_t width = convolution->kernel_width, height = convolution->kernel_height;
  WeightShapes shapes;
  if (layer.type() == LayerType::kSeparableConvolutional) {
    shapes = {{width, height, input.channels, 1}, {1, 1, input.channels, neurons}};
  } else {
    shapes = {{width, height, input.channels, neurons}, {}};
  }
  return shapes;
}

void validate_sizes(const Layer& layer) {
  require_in("input channels", layer.input_shape.channels, 1, kMaxDimension);
  const Shape& output = layer.output_shape;
  require_in("output width", output.width, 1, kMaxDimension);
  require_in("output height", output.height, 1, kMaxDimension);
  require_in("output channels", output.channels, 1, kMaxDimension);
  const WeightShapes shapes = weight_shapes(layer);
  for (const auto* dims : {&shapes.weights, &shapes.weights_pw}) {
    std::int64_t size = 1;
    for (std::int64_t dim : *dims) {
      if (dim > kMaxWeights / size) {
        fail(ErrorKind::kInvalid, "weights ({}) exceed limit {}", fmt::join(*dims, ", "),
             kMaxWeights);
      }
      size *= dim;
    }
  }
}

void validate_parameters(const Layer& layer) {
  if (const auto* data = std::get_if<InputData>(&layer.parameters)) {
    check_shape(data->input);
    require_in("input_bits", data->input_bits, 1, 8);
    return;
  }
  if (const auto* image = std::get_if<InputConvolutional>(&layer.parameters)) {
    check_shape(image->input);
    if (image->input.channels != 1 && image->input.channels != 3) {
      fail(ErrorKind::kInvalid, "input_channels {} is not 1 or 3", image->input.channels);
    }
    require_in("padding_value", image->padding_value, 0, 255);
  }
  if (layer.type() != LayerType::kConcat) {
    require_in("num_neurons", num_neurons(layer), 1, kMaxDimension);
    const bool separable = layer.type() == LayerType::kSeparableConvolutional;
    require_in("weights_bits", weights_bits(layer), separable ? 2 : 1, 8);
  }
  if (const Convolution* convolution = convolution_of(layer)) check_convolution(*convolution);
  if (const Pooling* pooling = pooling_of(layer)) check_pooling(*pooling);
  if (const Activation* activation = activation_of(layer)) check_activation(*activation);
}

void validate_variables(const Layer& layer) {
  if (layer.type() == LayerType::kInputData) {
    if (layer.learning) check_learning(layer);
    return;
  }
  const Variables& variables = layer.variables;
  const WeightShapes shapes = weight_shapes(layer);
  check_weights("weights", variables.weights, shapes.weights, weights_bits(layer));
  check_weights("weights_pw", variables.weights_pw, shapes.weights_pw, weights_bits(layer));
  const auto neurons = static_cast<std::size_t>(num_neurons(layer));
  check_count("threshold_fire", variables.threshold_fire, neurons);
  check_count("threshold_fire_step", variables.threshold_fire_step, neurons);
  check_count("shift", variables.shift, neurons);
  check_count("scale", variables.scale, neurons);
  for (float step : variables.threshold_fire_step) check_step(step, "threshold_fire_step");
  check_finite("shift", variables.shift);
  check_finite("scale", variables.scale);
  if (layer.learning) check_learning(layer);
}

}  // namespace akida::snn
