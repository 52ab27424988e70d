// The windows of a block's neural layer and of its pooling.
#pragma once

#include <optional>

#include "lower/block_structure.h"

namespace akida::lower {

struct WindowShape {
  cnn::Extent size, strides;
  cnn::Padding padding = cnn::Padding::kValid;
};

// Of a neural layer on a map; Dense has one window over all of it.
[[nodiscard]] WindowShape neural_windows(const cnn::Layer& layer, const cnn::Dims& input);

// Of a pooling layer; global pooling has one window over its input.
[[nodiscard]] WindowShape pooling_windows(const cnn::Layer& layer);

// Whether no window on a map reaches over its edge.
[[nodiscard]] bool windows_stay_inside(const cnn::Dims& input, const WindowShape& windows);

// The padding under which the block's neural layer and its pooling both have the windows that
// their own arguments give them; none where there is no such padding.
[[nodiscard]] std::optional<cnn::Padding> common_padding(const cnn::Network& network,
                                                         const BlockLayers& block);

}  // namespace akida::lower
