// Random weights for models that are to be trained, measured or tested.
#pragma once

#include <cstdint>

#include "snn/model.h"

namespace akida::snn {

// Fills every weights variable that is still all zero with uniform values from the whole range of
// its bits: {0, 1} for 1 bit, -(2^(b-1)-1)..2^(b-1)-1 otherwise. Keyed by (seed, layer, variable),
// so a layer's weights do not depend on the layers around it.
void randomize_zero_weights(Model& model, std::uint64_t seed);

}  // namespace akida::snn
