// How a camera was held: the Orientation tag (0x0112) of Exif 2.3 in JPEG files.
#pragma once

#include <cstddef>
#include <span>

#include "data/images/image.h"

namespace akida::data {

// 1..8 as the tag says; 1 (as stored) for other files and where the tag is missing or damaged.
[[nodiscard]] int exif_orientation(std::span<const std::byte> file);

// The image upright: 2 mirrored left to right, 3 turned by half, 4 mirrored top to bottom, 6 and 8
// turned by a quarter clockwise and counterclockwise, 5 and 7 these mirrored. 1 and numbers outside
// 1..8 leave it as it is.
[[nodiscard]] Image turn_upright(Image image, int orientation);

}  // namespace akida::data
