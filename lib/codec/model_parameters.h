// Layer parameters of a verified model file as values. Internal to codec.
#pragma once

#include "snn/layer.h"

namespace akida::fbs {
struct Layer;
}

namespace akida::codec {

// Throws kFormat where a part is missing or an enumeration value unknown, kUnsupported for an
// unknown layer type. Ranges are left to snn::Model::add.
[[nodiscard]] snn::Parameters read_parameters(const fbs::Layer& source);

}  // namespace akida::codec
