// The summary of a CNN, as Keras prints it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cnn/network.h"

namespace akida::stats {

// Model name, a row for each layer, totals. A column "Connected to" appears where a layer takes
// anything but the layer before it.
[[nodiscard]] std::string network_summary_text(const cnn::Network& network);

// The same as a report, with the work of each layer.
[[nodiscard]] nlohmann::ordered_json network_summary_json(const cnn::Network& network);

}  // namespace akida::stats
