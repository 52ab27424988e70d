// Where the loss of a network is computed.
#pragma once

#include "cnn/network.h"
#include "nn/losses.h"

namespace akida::nn {

// The network up to the layer whose output the loss takes. Losses of probabilities take what enters
// the final softmax (cross-entropy) or sigmoid (binary cross-entropy), reshaping layers behind it
// aside; a network without one has logits for outputs. Other losses take the output itself. What is
// left out has no variables, so layers keep their indices. Throws kInvalid where the network ends
// in the function of another loss.
[[nodiscard]] cnn::Network up_to_logits(const cnn::Network& network, LossType loss);

}  // namespace akida::nn
