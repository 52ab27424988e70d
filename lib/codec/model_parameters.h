// Layer parameters of a verified model file as values. Internal to codec.
#pragma once

#include <string_view>

#include "base/error.h"
#include "snn/layer.h"

namespace akida::fbs {
struct Layer;
}

namespace akida::codec {

// FlatBuffers keeps enumeration values of newer files as they are: check them against the last
// one that this version knows.
template <typename To, typename From>
To known_enum(From value, From last, std::string_view what) {
  if (value > last) {
    fail(ErrorKind::kFormat, "{} {} is unknown, the last is {}", what, static_cast<int>(value),
         static_cast<int>(last));
  }
  return static_cast<To>(value);
}

// Throws kFormat where a part is missing or an enumeration value unknown, kUnsupported for an
// unknown layer type. Ranges are left to snn::Model::add.
[[nodiscard]] snn::Parameters read_parameters(const fbs::Layer& source);

}  // namespace akida::codec
