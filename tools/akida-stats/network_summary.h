// The summary of a CNN, as Keras prints it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cnn/network.h"

namespace akida::stats {

// Model name, a row for each layer, totals. A column "Bits" appears where anything is quantized: of
// the kernels (32: float; depthwise before pointwise) and of the activations; a column
// "Connected to" where a layer takes anything but the layer before it.
[[nodiscard]] std::string network_summary_text(const cnn::Network& network);

// The same as a report, with the work of each layer.
[[nodiscard]] nlohmann::ordered_json network_summary_json(const cnn::Network& network);

}  // namespace akida::stats
