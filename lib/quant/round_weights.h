// Weights that are what their codes stand for.
#pragma once

#include "cnn/network.h"

namespace akida::quant {

// The network with every quantized weight w replaced by c / sf (cnn/quantizer.h) and all limits
// stored, which keeps codes, scale factors and thus the function. A file of it compresses to a
// fraction; what weights had learned below the step between codes is gone. Float kernels stay.
[[nodiscard]] cnn::Network round_weights(const cnn::Network& network);

}  // namespace akida::quant
