// Integer weights of a block and what they can add up to.
#pragma once

#include <cstdint>
#include <vector>

#include "lower/block_structure.h"

namespace akida::lower {

// Fills weights_bits, codes and pointwise_codes, without any flip of signs. Returns the scale of
// each filter: integer weight = weight * scale (kSeparable: the product of both stages').
std::vector<double> quantize_block(const cnn::Network& network, const BlockLayers& layers,
                                   Block& block);

// The sum of each filter's integer weights; not for kSeparable.
[[nodiscard]] std::vector<std::int64_t> code_sums(const Block& block, std::size_t filters);

// Flips the signs of a filter (kSeparable: of its pointwise weights).
void flip_filter(Block& block, std::size_t filter, std::size_t filters);

// Cells whose potentials average pooling sums; 1 for other poolings.
[[nodiscard]] std::int64_t summed_cells(const Block& block);

// Fills channel_sums and potentials from the codes, input_max and the pooling.
void bound_potentials(Block& block, std::size_t filters);

}  // namespace akida::lower
