// What a user should know of a finished block.
#pragma once

#include <vector>

#include "lower/lowered_network.h"

namespace akida::lower {

// Errors for sums and thresholds outside int32, a warning for filters that can never spike.
void append_findings(const Block& block, std::vector<Finding>& findings);

}  // namespace akida::lower
