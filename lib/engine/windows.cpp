#include "engine/windows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <span>

#include "base/checked.h"
#include "snn/geometry.h"

namespace akida::engine {
namespace {

// Row by row of `neurons` weights, in some order.
using WeightRows = std::vector<const std::int8_t*>;

// Stored rows of a fully connected layer in the order of the map: (y, x, channel).
WeightRows rows_of_map(const snn::Layer& layer) {
  const std::int8_t* stored = layer.variables.weights.data<std::int8_t>().data();
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  const auto channels = static_cast<std::size_t>(layer.input_shape.channels);
  const std::size_t pixels = static_cast<std::size_t>(layer.input_shape.size()) / channels;
  WeightRows rows;
  rows.reserve(pixels * channels);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    for (std::size_t c = 0; c < channels; ++c) {
      rows.push_back(stored + (c * pixels + pixel) * neurons);
    }
  }
  return rows;
}

// Stored rows of a convolution in the order of the input: (kernel row, kernel column, channel).
WeightRows rows_of_kernel(const snn::Layer& layer) {
  const kernels::ConvKernelShape kernel = windows_of(layer).kernel;
  const std::int8_t* stored = layer.variables.weights.data<std::int8_t>().data();
  const bool flip = layer.type() != snn::LayerType::kInputConvolutional;
  const auto channels = static_cast<std::size_t>(kernel.channels);
  const auto neurons = static_cast<std::size_t>(layer.variables.weights.dims().back());
  WeightRows rows;
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

// Turns eight rows of eight bytes into eight columns, in place, first byte lowest: swaps of
// single bytes, then of pairs, then of halves.
void transpose_bytes(std::array<std::uint64_t, 8>& rows) {
  const std::array<std::uint64_t, 3> masks = {0x00ff00ff00ff00ff, 0x0000ffff0000ffff,
                                              0x00000000ffffffff};
  for (std::size_t step = 0; step < masks.size(); ++step) {
    const std::size_t distance = std::size_t{1} << step;
    const unsigned shift = 8U << step;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if ((i & distance) != 0) continue;
      const std::uint64_t swap = ((rows[i] >> shift) ^ rows[i + distance]) & masks[step];
      rows[i] ^= swap << shift;
      rows[i + distance] ^= swap;
    }
  }
}

// [neurons][rows]
std::vector<std::int8_t> transposed(const WeightRows& rows, std::size_t neurons) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::size_t kBlock = 8;
  std::vector<std::int8_t> weights(rows.size() * neurons);
  for (std::size_t first = 0; first < rows.size(); first += kBlock) {
    const std::size_t count = std::min(kBlock, rows.size() - first);
    std::size_t n = 0;
    for (; count == kBlock && n + kBlock <= neurons; n += kBlock) {
      std::array<std::uint64_t, kBlock> block;
      for (std::size_t i = 0; i < kBlock; ++i) std::memcpy(&block[i], rows[first + i] + n, kBlock);
      transpose_bytes(block);
      for (std::size_t i = 0; i < kBlock; ++i) {
        std::memcpy(weights.data() + (n + i) * rows.size() + first, &block[i], kBlock);
      }
    }
    for (; n < neurons; ++n) {
      for (std::size_t i = 0; i < count; ++i) {
        weights[n * rows.size() + first + i] = rows[first + i][n];
      }
    }
  }
  return weights;
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

std::vector<std::int8_t> weights_by_neuron(const snn::Layer& layer) {
  const bool map = layer.type() == snn::LayerType::kFullyConnected;
  return transposed(map ? rows_of_map(layer) : rows_of_kernel(layer),
                    static_cast<std::size_t>(layer.variables.weights.dims().back()));
}

std::vector<std::int8_t> pointwise_by_neuron(const snn::Layer& layer) {
  const auto stored = layer.variables.weights_pw.data<std::int8_t>();
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  WeightRows rows;
  for (std::size_t i = 0; i < stored.size(); i += neurons) rows.push_back(stored.data() + i);
  return transposed(rows, neurons);
}

kernels::LayerTraits traits_of(const snn::Layer& layer) {
  const kernels::ConvKernelShape kernel = windows_of(layer).kernel;
  std::int8_t low = 0, high = 1;
  for (std::int8_t weight : layer.variables.weights.data<std::int8_t>()) {
    low = std::min(low, weight);
    high = std::max(high, weight);
  }
  return {.fully_connected = layer.type() == snn::LayerType::kFullyConnected,
          .window = std::int64_t{kernel.rows} * kernel.columns * kernel.channels,
          .neurons = kernel.neurons,
          .max_value = layer.input_max,
          .max_weight = std::max<std::int32_t>(high, -low)};
}

}  // namespace akida::engine
