// One layer of a CNN in words.
#pragma once

#include <nlohmann/json.hpp>

#include "cnn/network_layer.h"

namespace akida::stats {

// Keras' arguments with the keys and values of an architecture file.
[[nodiscard]] nlohmann::ordered_json arguments_json(const cnn::Layer& layer);

}  // namespace akida::stats
