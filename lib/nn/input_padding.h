// Padding of a quantized network's first layer, whose samples are integers.
#pragma once

#include <memory>

#include "nn/layer_operation.h"

namespace akida::nn {

// What padded cells of a layer's input are: 0, but in the first layer of a quantized network the
// integer that is nearest to the samples' zero (DESIGN section 6, "Samples stay 8-bit integers").
[[nodiscard]] float padding_of(const cnn::Network& network, std::size_t layer);

// Runs `operation`, which has been made for inputs that contain their padding, on the windows of
// `geometry`, whose padded cells are `padding`. No gradient of its input can be asked for.
[[nodiscard]] std::unique_ptr<LayerOperation> with_padding(
    std::unique_ptr<LayerOperation> operation, const WindowGeometry& geometry, float padding,
    const BatchCut& cut);

}  // namespace akida::nn
