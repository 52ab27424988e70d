#include "lower/block_windows.h"

#include <variant>

#include "snn/geometry.h"

namespace akida::lower {
namespace {

snn::AxisWindow window_on(std::int32_t cells, std::int32_t size, std::int32_t stride,
                          cnn::Padding padding) {
  const auto mode =
      padding == cnn::Padding::kSame ? snn::ConvolutionMode::kSame : snn::ConvolutionMode::kValid;
  return snn::axis_window(mode, cells, size, stride);
}

// Whether windows stand on the same cells with the padding `other`.
bool equal_windows(const cnn::Dims& input, const WindowShape& windows, cnn::Padding other) {
  const auto equal_axis = [&](std::int32_t cells, std::int32_t size, std::int32_t stride) {
    const snn::AxisWindow a = window_on(cells, size, stride, windows.padding);
    const snn::AxisWindow b = window_on(cells, size, stride, other);
    return a.output == b.output && a.pad_before == b.pad_before;
  };
  return equal_axis(input[0], windows.size.height, windows.strides.height) &&
         equal_axis(input[1], windows.size.width, windows.strides.width);
}

}  // namespace

WindowShape neural_windows(const cnn::Layer& layer, const cnn::Dims& input) {
  return std::visit(
      [&](const auto& arguments) -> WindowShape {
        if constexpr (requires { arguments.kernel_size; }) {
          return {arguments.kernel_size, arguments.strides, arguments.padding};
        } else {
          return {{input[0], input[1]}, {1, 1}, cnn::Padding::kValid};
        }
      },
      layer.parameters);
}

WindowShape pooling_windows(const cnn::Layer& layer) {
  return std::visit(
      [&](const auto& arguments) -> WindowShape {
        if constexpr (requires { arguments.pool_size; }) {
          return {arguments.pool_size, arguments.strides, arguments.padding};
        } else {
          return {{layer.input_shape[0], layer.input_shape[1]}, {1, 1}, cnn::Padding::kValid};
        }
      },
      layer.parameters);
}

bool windows_stay_inside(const cnn::Dims& input, const WindowShape& windows) {
  const auto inside = [&](std::int32_t cells, std::int32_t size, std::int32_t stride) {
    const snn::AxisWindow window = window_on(cells, size, stride, windows.padding);
    return window.pad_before == 0 && window.pad_after == 0;
  };
  return inside(input[0], windows.size.height, windows.strides.height) &&
         inside(input[1], windows.size.width, windows.strides.width);
}

std::optional<cnn::Padding> common_padding(const cnn::Network& network, const BlockLayers& block) {
  const cnn::Layer& neural = network.layer(block.neural);
  const WindowShape windows = neural_windows(neural, block.input);
  for (cnn::Padding padding : {windows.padding, cnn::Padding::kValid, cnn::Padding::kSame}) {
    if (!equal_windows(block.input, windows, padding)) continue;
    if (!block.pooling) return padding;
    const cnn::Layer& pooling = network.layer(*block.pooling);
    if (pooling.output_shape.size() == 1) return padding;  // global
    if (equal_windows(pooling.input_shape, pooling_windows(pooling), padding)) return padding;
  }
  return std::nullopt;
}

}  // namespace akida::lower
