// Where the windows of a layer lie on its input.
#pragma once

#include "cnn/network.h"
#include "nn/onednn.h"

namespace akida::nn {

// Of a window that slides over a map; one sample. Padding is TensorFlow's: the odd cell goes below
// and to the right.
[[nodiscard]] WindowGeometry sliding_window(const cnn::Dims& input, const cnn::Dims& output,
                                            const cnn::Extent& window, const cnn::Extent& strides,
                                            cnn::Padding padding);

// The same windows on a map that contains its padding.
[[nodiscard]] WindowGeometry with_padded_input(WindowGeometry geometry);

// One window over the whole map.
[[nodiscard]] WindowGeometry global_window(const cnn::Dims& input);

// A product on the last axis; its "samples" are all rows of one sample.
[[nodiscard]] WindowGeometry dense_rows(std::int64_t rows, std::int32_t inputs,
                                        std::int32_t outputs);

// A 1x1 window on a map of `channels`, to `output`.
[[nodiscard]] WindowGeometry pointwise_window(std::int32_t channels, const cnn::Dims& output);

}  // namespace akida::nn
