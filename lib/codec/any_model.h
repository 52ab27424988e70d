// A model of either kind, for those that take both.
#pragma once

#include <variant>

#include "cnn/network.h"
#include "snn/model.h"

namespace akida::codec {

// An integer network of native layers, or a network of Keras layers.
using AnyModel = std::variant<snn::Model, cnn::Network>;

}  // namespace akida::codec
