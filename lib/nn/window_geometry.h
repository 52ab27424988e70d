// Where the windows of a layer lie on its input.
#pragma once

#include "cnn/network.h"
#include "nn/onednn.h"

namespace akida::nn {

// Of a layer whose window slides from map to map; one sample. Padding is TensorFlow's: the odd
// cell goes below and to the right.
[[nodiscard]] WindowGeometry sliding_window(const cnn::Layer& layer, const cnn::Extent& window,
                                            const cnn::Extent& strides, cnn::Padding padding);

// One window over the whole map.
[[nodiscard]] WindowGeometry global_window(const cnn::Layer& layer);

// A product on the last axis; its "samples" are all rows of one sample.
[[nodiscard]] WindowGeometry dense_rows(const cnn::Layer& layer);

// A 1x1 window on a map of `channels`, to that layer's output.
[[nodiscard]] WindowGeometry pointwise_window(const cnn::Layer& layer, std::int32_t channels);

}  // namespace akida::nn
