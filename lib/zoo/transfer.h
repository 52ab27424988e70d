// Weights of one network as the start of another.
#pragma once

#include <cstddef>

#include "cnn/network.h"

namespace akida::zoo {

// Gives the layers of `network` the variables that the layers of the same names have in `source`,
// as Keras' load_weights by name does; returns how many layers got some. Layers of `source` alone
// are ignored. Throws kInvalid where a layer has other variables or shapes than its namesake, and
// where no layer with variables has a namesake; `network` is then unchanged.
std::size_t take_weights(cnn::Network& network, const cnn::Network& source);

}  // namespace akida::zoo
