// Thresholds, steps and boundaries of a block's filters.
#pragma once

#include <vector>

#include "lower/block_structure.h"
#include "lower/boundary_formula.h"

namespace akida::lower {

// Fills everything that depends on biases, batch normalization and activation, and flips the signs
// of filters with a negative gamma. Needs shapes, pooling, input_max and unflipped codes; `scales`
// are the filters' weight scales.
void fill_levels(const cnn::Network& network, const BlockLayers& layers, const InputScale& input,
                 const std::vector<double>& scales, bool documented, Block& block);

}  // namespace akida::lower
