// Sizes and padding of convolution and pooling along one axis (TensorFlow's rules).
#pragma once

#include <cstdint>

#include "snn/layer.h"

namespace akida::snn {

// One axis of a window that slides over `input` cells.
struct AxisWindow {
  std::int32_t output = 0;      // positions
  std::int32_t pad_before = 0;  // padded cells left of / above the input
  std::int32_t pad_after = 0;   // padded cells the last window reaches behind the input
};

// Same: out = ceil(in / stride), total padding max((out - 1) * stride + size - in, 0), the
// smaller half before. Valid: floor((in - size) / stride) + 1; 0 where the window does not fit.
// Full: size - 1 on both sides, floor((in + size - 2) / stride) + 1.
[[nodiscard]] AxisWindow axis_window(ConvolutionMode mode, std::int32_t input, std::int32_t size,
                                     std::int32_t stride);

// The output of a layer's convolution before pooling. Fails (kInvalid) where a kernel does not
// fit a Valid input.
[[nodiscard]] Shape convolution_output(const Shape& input, const Convolution& convolution,
                                       std::int32_t neurons);

// A pooling with its -1 entries resolved for a given input.
struct ResolvedPooling {
  std::int32_t width = 1, height = 1, stride_x = 1, stride_y = 1;
  // Same pools Same; Valid and Full pool Valid. A global axis has one window over everything.
  AxisWindow x, y;
};

// `input` is the convolution's output. NoPooling gives windows of one cell.
[[nodiscard]] ResolvedPooling resolve_pooling(const Shape& input, const Pooling& pooling,
                                              ConvolutionMode mode);

}  // namespace akida::snn
