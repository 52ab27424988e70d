#include "convert/snn_from_cnn.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace akida::convert {
namespace {

using lower::Block;
using lower::Operation;

Shape shape_of(const cnn::Dims& map) {
  return {.width = map[1], .height = map[0], .channels = map[2]};
}

// Codes [height][width][channels][columns] as weights [width, height, channels, columns].
Dense kernel_weights(const Block& block, std::int32_t channels, std::size_t columns, bool turned) {
  const std::int32_t height = block.kernel_size.height;
  const std::int32_t width = block.kernel_size.width;
  Dense weights(DType::kI8, {width, height, channels, static_cast<std::int64_t>(columns)});
  const auto values = weights.data<std::int8_t>();
  const std::size_t cell = static_cast<std::size_t>(channels) * columns;
  for (std::int32_t y = 0; y < height; ++y) {
    for (std::int32_t x = 0; x < width; ++x) {
      const auto from = static_cast<std::size_t>(y * width + x);
      const auto to = static_cast<std::size_t>(turned ? (width - 1 - x) * height + height - 1 - y
                                                      : x * height + y);
      std::copy_n(block.codes.begin() + static_cast<std::ptrdiff_t>(from * cell), cell,
                  values.begin() + static_cast<std::ptrdiff_t>(to * cell));
    }
  }
  return weights;
}

// Rows (y, x, c) as rows (c, y, x).
Dense dense_weights(const Block& block) {
  const auto neurons = static_cast<std::int64_t>(block.filters());
  const auto cells = std::int64_t{block.input[0]} * block.input[1];
  const auto channels = std::int64_t{block.input[2]};
  Dense weights(DType::kI8, {1, 1, cells * channels, neurons});
  const auto values = weights.data<std::int8_t>();
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    for (std::int64_t c = 0; c < channels; ++c) {
      std::copy_n(block.codes.begin() + (cell * channels + c) * neurons, neurons,
                  values.begin() + (c * cells + cell) * neurons);
    }
  }
  return weights;
}

snn::Convolution convolution_of(const Block& block) {
  return {.kernel_width = block.kernel_size.width,
          .kernel_height = block.kernel_size.height,
          .stride_x = block.strides.width,
          .stride_y = block.strides.height,
          .mode = block.padding == cnn::Padding::kSame ? snn::ConvolutionMode::kSame
                                                       : snn::ConvolutionMode::kValid};
}

snn::Pooling pooling_of(const Block& block) {
  if (block.pooling == lower::PoolingKind::kNone) return {};
  snn::Pooling pooling{.type = block.pooling == lower::PoolingKind::kMax
                                   ? snn::PoolingType::kMax
                                   : snn::PoolingType::kAverage};
  if (block.global_pooling) return pooling;
  pooling.width = block.pool_size.width;
  pooling.height = block.pool_size.height;
  pooling.stride_x = block.pool_strides.width;
  pooling.stride_y = block.pool_strides.height;
  return pooling;
}

snn::Activation activation_of(const Block& block) {
  if (block.activation_bits == 0) return {.enabled = false};
  return {.threshold_fire_bits = block.activation_bits};
}

snn::Parameters parameters_of(const Block& block, bool is_image_layer) {
  const auto neurons = static_cast<std::int32_t>(block.filters());
  if (is_image_layer) {
    return snn::InputConvolutional{.input = shape_of(block.input),
                                   .num_neurons = neurons,
                                   .weights_bits = block.weights_bits,
                                   .convolution = convolution_of(block),
                                   .pooling = pooling_of(block),
                                   .activation = activation_of(block),
                                   .padding_value = block.padding_value};
  }
  switch (block.operation) {
    case Operation::kDense:
      return snn::FullyConnected{.num_neurons = neurons,
                                 .weights_bits = block.weights_bits,
                                 .activation = activation_of(block)};
    case Operation::kSeparable:
      return snn::SeparableConvolutional{.num_neurons = neurons,
                                         .weights_bits = block.weights_bits,
                                         .convolution = convolution_of(block),
                                         .pooling = pooling_of(block),
                                         .activation = activation_of(block)};
    default:
      return snn::Convolutional{.num_neurons = neurons,
                                .weights_bits = block.weights_bits,
                                .convolution = convolution_of(block),
                                .pooling = pooling_of(block),
                                .activation = activation_of(block)};
  }
}

snn::Variables variables_of(const Block& block, bool is_image_layer) {
  snn::Variables variables;
  const std::int32_t channels = block.input[2];
  switch (block.operation) {
    case Operation::kDense:
      variables.weights = dense_weights(block);
      break;
    case Operation::kSeparable:
      variables.weights = kernel_weights(block, channels, 1, true);
      variables.weights_pw = Dense::from<std::int8_t>(
          block.pointwise_codes, {1, 1, channels, static_cast<std::int64_t>(block.filters())});
      break;
    default:
      variables.weights = kernel_weights(block, channels, block.filters(), !is_image_layer);
  }
  for (const std::int64_t threshold : block.threshold) {
    variables.threshold_fire.push_back(static_cast<std::int32_t>(threshold));
  }
  variables.threshold_fire_step = block.step;
  variables.shift = block.shift;
  variables.scale = block.scale;
  return variables;
}

void require_no_error(const lower::LoweredNetwork& lowered) {
  for (const lower::Finding& finding : lowered.findings) {
    if (finding.is_error) {
      fail(ErrorKind::kInvalid, "layer '{}': {}", finding.layer, finding.text);
    }
  }
}

}  // namespace

snn::Model snn_from_cnn(const cnn::Network& network, const lower::LoweredNetwork& lowered) {
  require_no_error(lowered);
  snn::Model model;
  model.info = network.info;
  model.info.scaling_a = lowered.scaling_a;
  model.info.scaling_b = lowered.scaling_b;
  const bool is_image = lowered.input == lower::InputKind::kImage;
  if (!is_image) {
    const Block& first = lowered.blocks.front();
    model.add({.name = network.layer(0).name,
               .parameters = snn::InputData{shape_of(first.input), lowered.input_bits}});
  }
  for (const Block& block : lowered.blocks) {
    const bool is_image_layer = is_image && &block == &lowered.blocks.front();
    model.add({.name = block.name,
               .parameters = parameters_of(block, is_image_layer),
               .variables = variables_of(block, is_image_layer)});
  }
  return model;
}

std::vector<lower::Finding> wide_thresholds(const snn::Model& model, int bits) {
  const double limit = std::ldexp(1.0, bits);
  std::vector<lower::Finding> findings;
  const auto report = [&](const snn::Layer& layer, const char* variable, const auto& values,
                          double low, double high) {
    const auto is_wide = [&](auto value) { return value < low || value > high; };
    const auto first = std::find_if(values.begin(), values.end(), is_wide);
    if (first == values.end()) return;
    findings.push_back({false, layer.name,
                        fmt::format("{} {} of filter {} does not fit the {} bits of hardware, "
                                    "{}..{} ({} of {} filters)",
                                    variable, *first, first - values.begin(), bits, low, high,
                                    std::count_if(first, values.end(), is_wide), values.size())});
  };
  for (const snn::Layer& layer : model.layers()) {
    const snn::Activation* activation = snn::activation_of(layer);
    if (activation == nullptr || !activation->enabled) continue;
    report(layer, "threshold_fire", layer.variables.threshold_fire, -limit / 2, limit / 2 - 1);
    if (activation->threshold_fire_bits > 1) {  // with one bit the step means nothing
      report(layer, "threshold_fire_step", layer.variables.threshold_fire_step, 0, limit - 1);
    }
  }
  return findings;
}

}  // namespace akida::convert
