// What of a network's arguments and values an SNN cannot have, once its blocks are known.
#pragma once

#include <vector>

#include "lower/block_structure.h"

namespace akida::lower {

// Input, padding, batch normalizations and, unless `is_float`, quantizers of every block.
[[nodiscard]] std::vector<Incompatibility> value_faults(const cnn::Network& network,
                                                        const Structure& structure, InputKind input,
                                                        bool is_float);

}  // namespace akida::lower
