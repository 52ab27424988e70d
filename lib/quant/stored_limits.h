// Limits that no longer follow weights.
#pragma once

#include <cstddef>

#include "cnn/network_layer.h"

namespace akida::quant {

// A complete layer whose quantized kernel number `index` (cnn::kernel_quantizers) has its present
// limits stored (kind kFixed; kernels with stored limits stay). It computes the same.
[[nodiscard]] cnn::Layer with_stored_limits(cnn::Layer layer, std::size_t index);

}  // namespace akida::quant
