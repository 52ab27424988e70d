#include "nn/window_geometry.h"

#include <algorithm>

#include "cnn/shapes.h"

namespace akida::nn {
namespace {

std::int32_t padding_before(std::int32_t input, std::int32_t output, std::int32_t window,
                            std::int32_t stride, cnn::Padding padding) {
  if (padding == cnn::Padding::kValid) return 0;
  return std::max((output - 1) * stride + window - input, 0) / 2;
}

}  // namespace

WindowGeometry sliding_window(const cnn::Layer& layer, const cnn::Extent& window,
                              const cnn::Extent& strides, cnn::Padding padding) {
  const cnn::Dims &in = layer.input_shape, &out = layer.output_shape;
  return {.input = in,
          .output = out,
          .window = window,
          .strides = strides,
          .before = {padding_before(in[0], out[0], window.height, strides.height, padding),
                     padding_before(in[1], out[1], window.width, strides.width, padding)}};
}

WindowGeometry global_window(const cnn::Layer& layer) {
  const cnn::Dims& in = layer.input_shape;
  return {.input = in,
          .output = {1, 1, in[2]},
          .window = {in[0], in[1]},
          .strides = {1, 1},
          .before = {0, 0}};
}

WindowGeometry dense_rows(const cnn::Layer& layer) {
  const std::int32_t inputs = layer.input_shape.back(), outputs = layer.output_shape.back();
  return {.samples = cnn::element_count(layer.input_shape) / inputs,
          .input = {1, 1, inputs},
          .output = {1, 1, outputs},
          .before = {0, 0}};
}

WindowGeometry pointwise_window(const cnn::Layer& layer, std::int32_t channels) {
  const cnn::Dims& out = layer.output_shape;
  return {.input = {out[0], out[1], channels}, .output = out, .before = {0, 0}};
}

}  // namespace akida::nn
