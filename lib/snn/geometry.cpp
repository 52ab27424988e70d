#include "snn/geometry.h"

#include <algorithm>

#include "base/error.h"

namespace akida::snn {
namespace {

void require_fit(const char* what, const char* axis, std::int32_t size, std::int32_t input,
                 const AxisWindow& window) {
  if (window.output < 1) {
    fail(ErrorKind::kInvalid, "{} {} {} does not fit an input of {}", what, axis, size, input);
  }
}

AxisWindow pooling_axis(ConvolutionMode mode, const char* axis, std::int32_t input,
                        std::int32_t size, std::int32_t stride) {
  const ConvolutionMode pooling_mode =
      mode == ConvolutionMode::kSame ? ConvolutionMode::kSame : ConvolutionMode::kValid;
  const AxisWindow window = axis_window(pooling_mode, input, size, stride);
  require_fit("pooling", axis, size, input, window);
  return window;
}

}  // namespace

AxisWindow axis_window(ConvolutionMode mode, std::int32_t input, std::int32_t size,
                       std::int32_t stride) {
  AxisWindow window;
  switch (mode) {
    case ConvolutionMode::kValid:
      window.output = input < size ? 0 : (input - size) / stride + 1;
      return window;
    case ConvolutionMode::kSame: {
      window.output = (input + stride - 1) / stride;
      const std::int32_t total = std::max((window.output - 1) * stride + size - input, 0);
      window.pad_before = total / 2;
      window.pad_after = total - window.pad_before;
      return window;
    }
    case ConvolutionMode::kFull:
      window.output = (input + size - 2) / stride + 1;
      window.pad_before = size - 1;
      window.pad_after =
          std::max((window.output - 1) * stride + size - input - window.pad_before, 0);
      return window;
  }
  return window;
}

Shape convolution_output(const Shape& input, const Convolution& convolution, std::int32_t neurons) {
  const AxisWindow x =
      axis_window(convolution.mode, input.width, convolution.kernel_width, convolution.stride_x);
  const AxisWindow y =
      axis_window(convolution.mode, input.height, convolution.kernel_height, convolution.stride_y);
  require_fit("kernel", "width", convolution.kernel_width, input.width, x);
  require_fit("kernel", "height", convolution.kernel_height, input.height, y);
  return {.width = x.output, .height = y.output, .channels = neurons};
}

ResolvedPooling resolve_pooling(const Shape& input, const Pooling& pooling, ConvolutionMode mode) {
  ResolvedPooling resolved;
  if (pooling.type == PoolingType::kNoPooling) {
    resolved.x.output = input.width;
    resolved.y.output = input.height;
    return resolved;
  }
  if (pooling.width == -1) {
    resolved.width = resolved.stride_x = input.width;
    resolved.x.output = 1;
  } else {
    resolved.width = pooling.width;
    resolved.stride_x = pooling.stride_x == -1 ? pooling.width : pooling.stride_x;
    resolved.x = pooling_axis(mode, "width", input.width, resolved.width, resolved.stride_x);
  }
  if (pooling.height == -1) {
    resolved.height = resolved.stride_y = input.height;
    resolved.y.output = 1;
  } else {
    resolved.height = pooling.height;
    resolved.stride_y = pooling.stride_y == -1 ? pooling.height : pooling.stride_y;
    resolved.y = pooling_axis(mode, "height", input.height, resolved.height, resolved.stride_y);
  }
  return resolved;
}

}  // namespace akida::snn
