// Biases of neural layers. Internal to quant.
#pragma once

#include <span>
#include <vector>

#include "cnn/network.h"

namespace akida::quant {

// Whether the bias of a quantized layer can be moved: depthwise ones have no place for it in an
// SNN.
[[nodiscard]] bool takes_bias(const cnn::Layer& layer);

// The same layer with a bias, of zeros where it had none.
[[nodiscard]] cnn::Layer with_bias(cnn::Layer layer);

// The values of a bias that is there.
[[nodiscard]] std::span<float> bias_of(std::vector<cnn::Variable>& variables);

// `network` where every layer that takes a bias has one.
[[nodiscard]] cnn::Network with_biases(const cnn::Network& network);

}  // namespace akida::quant
