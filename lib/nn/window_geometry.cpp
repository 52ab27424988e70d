#include "nn/window_geometry.h"

#include <algorithm>

namespace akida::nn {
namespace {

std::int32_t padding_before(std::int32_t input, std::int32_t output, std::int32_t window,
                            std::int32_t stride, cnn::Padding padding) {
  if (padding == cnn::Padding::kValid) return 0;
  return std::max((output - 1) * stride + window - input, 0) / 2;
}

}  // namespace

WindowGeometry sliding_window(const cnn::Dims& input, const cnn::Dims& output,
                              const cnn::Extent& window, const cnn::Extent& strides,
                              cnn::Padding padding) {
  return {.input = input,
          .output = output,
          .window = window,
          .strides = strides,
          .before = {padding_before(input[0], output[0], window.height, strides.height, padding),
                     padding_before(input[1], output[1], window.width, strides.width, padding)}};
}

WindowGeometry with_padded_input(WindowGeometry geometry) {
  const cnn::Extent after = padding_after(geometry);
  geometry.input[0] += geometry.before.height + after.height;
  geometry.input[1] += geometry.before.width + after.width;
  geometry.before = {0, 0};
  return geometry;
}

WindowGeometry global_window(const cnn::Dims& input) {
  return {.input = input, .output = {1, 1, input[2]}, .window = {input[0], input[1]}};
}

WindowGeometry dense_rows(std::int64_t rows, std::int32_t inputs, std::int32_t outputs) {
  return {.samples = rows, .input = {1, 1, inputs}, .output = {1, 1, outputs}};
}

WindowGeometry pointwise_window(std::int32_t channels, const cnn::Dims& output) {
  return {.input = {output[0], output[1], channels}, .output = output};
}

}  // namespace akida::nn
