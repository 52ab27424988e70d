// Cross-layer equalization: ranges of channels alike on both sides of an activation.
#pragma once

#include <cstddef>

#include "cnn/network.h"

namespace akida::quant {

// For every neural layer that feeds another one alone, through nothing but ReLUs without maximum,
// pooling, Flatten, Dropout and linear activations: channel c of the first is divided by
// s_c = sqrt(r1_c / r2_c), weights and bias, and the second's weights for it are multiplied by s_c,
// where r1_c and r2_c are the largest magnitudes of these weights. Both then have the range
// sqrt(r1_c * r2_c), and the network computes the same up to rounding. Pairs overlap, so passes
// over all of them are repeated until nothing moves by more than 1 %, at most 30 times. Source:
// Nagel et al., "Data-free quantization through weight equalization and bias correction", 2019; the
// documented `cross_layer_scaling`.
// Returns the number of pairs. Throws kInvalid for a quantized network, whose limits would no
// longer fit.
std::size_t equalize_layers(cnn::Network& network);

}  // namespace akida::quant
