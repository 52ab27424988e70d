// Initial weights for networks that are to be trained.
#pragma once

#include <cstdint>

#include "cnn/network.h"

namespace akida::cnn {

// Fills every kernel that is still all zero as Keras' default initialiser does (Glorot and Bengio,
// "Understanding the difficulty of training deep feedforward neural networks", 2010): uniform in
// [-limit, limit) with limit = sqrt(6 / (fan_in + fan_out)). The fans of a kernel
// [height, width, in, out] are height * width * in and height * width * out; each kernel of a
// separable layer has its own, where a depthwise one has the channels as `in` and 1 as `out`.
// Keyed by (seed, layer, variable), so a layer's weights do not depend on the layers around it.
void initialize_zero_kernels(Network& network, std::uint64_t seed);

}  // namespace akida::cnn
