// The XML in the header of AEDAT 4.0 files. Not installed.
#pragma once

#include <string_view>

#include "tensor/shape.h"

namespace akida::data {

// Width and height of the sensor of the first stream of events that `xml` describes; 0 where there
// is none, where it is no XML, or in a build without pugixml. Channels stay as they are.
void read_sensor_size(std::string_view xml, Shape& shape);

}  // namespace akida::data
