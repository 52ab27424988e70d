#include "engine/windows.h"

#include <algorithm>

#include "base/checked.h"
#include "snn/geometry.h"

namespace akida::engine {
namespace {

// Stored rows of a fully connected layer in the order of the map: (y, x, channel).
std::vector<const std::int8_t*> rows_of_map(const snn::Layer& layer) {
  const std::int8_t* stored = layer.variables.weights.data<std::int8_t>().data();
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  const auto channels = static_cast<std::size_t>(layer.input_shape.channels);
  const std::size_t pixels = static_cast<std::size_t>(layer.input_shape.size()) / channels;
  std::vector<const std::int8_t*> rows;
  rows.reserve(pixels * channels);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    for (std::size_t c = 0; c < channels; ++c) {
      rows.push_back(stored + (c * pixels + pixel) * neurons);
    }
  }
  return rows;
}

// Stored rows of a convolution in the order of the input: (kernel row, kernel column, channel).
std::vector<const std::int8_t*> rows_of_kernel(const snn::Layer& layer) {
  const kernels::ConvKernelShape kernel = windows_of(layer).kernel;
  const std::int8_t* stored = layer.variables.weights.data<std::int8_t>().data();
  const bool flip = layer.type() != snn::LayerType::kInputConvolutional;
  const auto channels = static_cast<std::size_t>(kernel.channels);
  const auto neurons = static_cast<std::size_t>(layer.variables.weights.dims().back());
  std::vector<const std::int8_t*> rows;
  for (std::int32_t y = 0; y < kernel.rows; ++y) {
    for (std::int32_t x = 0; x < kernel.columns; ++x) {
      const std::int32_t from_x = flip ? kernel.columns - 1 - x : x;
      const std::int32_t from_y = flip ? kernel.rows - 1 - y : y;
      const auto tap = static_cast<std::size_t>(from_x * kernel.rows + from_y);
      for (std::size_t c = 0; c < channels; ++c) {
        rows.push_back(stored + (tap * channels + c) * neurons);
      }
    }
  }
  return rows;
}

// The largest weight magnitude, at least 1.
std::int32_t max_weight(const snn::Layer& layer) {
  if (snn::weight_limit(snn::weights_bits(layer)) == 1) return 1;
  std::int8_t low = 0, high = 1;
  for (std::int8_t weight : layer.variables.weights.data<std::int8_t>()) {
    low = std::min(low, weight);
    high = std::max(high, weight);
  }
  return std::max<std::int32_t>(high, -low);
}

}  // namespace

InputGeometry input_geometry(const snn::Layer& layer) {
  const Shape& input = layer.input_shape;
  const snn::Convolution* convolution = snn::convolution_of(layer);
  if (convolution == nullptr) return {.width = input.width, .height = input.height};
  const snn::AxisWindow x = snn::axis_window(convolution->mode, input.width,
                                             convolution->kernel_width, convolution->stride_x);
  const snn::AxisWindow y = snn::axis_window(convolution->mode, input.height,
                                             convolution->kernel_height, convolution->stride_y);
  return {.width = x.pad_before + input.width + x.pad_after,
          .height = y.pad_before + input.height + y.pad_after,
          .pad_left = x.pad_before,
          .pad_top = y.pad_before};
}

Windows windows_of(const snn::Layer& layer) {
  const std::int32_t neurons = snn::num_neurons(layer);
  const snn::Convolution* convolution = snn::convolution_of(layer);
  if (convolution == nullptr) {
    const auto inputs = checked_cast<std::int32_t>(layer.input_shape.size(), "inputs");
    return {.kernel = {.neurons = neurons, .channels = inputs}, .row_stride = inputs};
  }
  const std::int32_t channels = layer.input_shape.channels;
  const Shape map = snn::convolution_output(layer.input_shape, *convolution, neurons);
  const std::int32_t width = input_geometry(layer).width;
  const bool single = convolution->kernel_width == 1 && convolution->kernel_height == 1;
  return {.kernel = {.neurons = neurons,
                     .rows = convolution->kernel_height,
                     .columns = convolution->kernel_width,
                     .channels = channels},
          .stride_x = convolution->stride_x,
          .stride_y = convolution->stride_y,
          .map_width = width,
          .output_width = map.width,
          .row_stride = std::ptrdiff_t{width} * channels,
          .adjoining = single && convolution->stride_x == 1 && convolution->stride_y == 1 &&
                       map.width == width};
}

std::vector<const std::int8_t*> weight_rows(const snn::Layer& layer) {
  return layer.type() == snn::LayerType::kFullyConnected ? rows_of_map(layer)
                                                         : rows_of_kernel(layer);
}

kernels::LayerTraits traits_of(const snn::Layer& layer) {
  const kernels::ConvKernelShape kernel = windows_of(layer).kernel;
  return {.fully_connected = layer.type() == snn::LayerType::kFullyConnected,
          .window = std::int64_t{kernel.rows} * kernel.columns * kernel.channels,
          .neurons = kernel.neurons,
          .max_value = layer.input_max,
          .max_weight = max_weight(layer)};
}

}  // namespace akida::engine
