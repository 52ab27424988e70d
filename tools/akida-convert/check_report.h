// akida-convert --check: whether a CNN can be converted, and why not.
#pragma once

#include "akida-convert/conversion.h"

namespace akida::convert_tool {

// Prints what keeps `network` from conversion and what else should be known, as text or JSON; of a
// float network, only its structure is looked at. Returns the exit status: 0 or 3.
[[nodiscard]] int check(const cnn::Network& network, const Options& options);

}  // namespace akida::convert_tool
