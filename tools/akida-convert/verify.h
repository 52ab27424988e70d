// akida-convert --verify: the quantized CNN against its SNN on samples.
#pragma once

#include "akida-convert/conversion.h"

namespace akida::convert_tool {

// Runs both networks on the samples of options.verify and prints one line per layer and the first
// difference, as text or JSON. Returns whether all values were equal.
[[nodiscard]] bool verify(const cnn::Network& network, const Conversion& conversion,
                          const Options& options);

}  // namespace akida::convert_tool
