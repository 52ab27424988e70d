// The operations of each family of layers; null for layers of other families.
#pragma once

#include <memory>

#include "nn/layer_operation.h"

namespace akida::nn {

// Conv2D, DepthwiseConv2D, SeparableConv2D, Dense.
[[nodiscard]] std::unique_ptr<LayerOperation> make_weighted_operation(const OperationSetup& setup);

// Maximum and average pooling, windowed and global.
[[nodiscard]] std::unique_ptr<LayerOperation> make_pooling_operation(const OperationSetup& setup);

// BatchNormalization.
[[nodiscard]] std::unique_ptr<LayerOperation> make_normalization(const OperationSetup& setup);

// Rescaling, ReLU, Dropout, sigmoid, softmax, Concatenate.
[[nodiscard]] std::unique_ptr<LayerOperation> make_plain_operation(const OperationSetup& setup);

// ActivationDiscreteRelu, QuantizedReLU.
[[nodiscard]] std::unique_ptr<LayerOperation> make_quantized_activation(
    const OperationSetup& setup);

}  // namespace akida::nn
