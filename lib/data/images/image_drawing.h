// Rectangles drawn into images, and images written as files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/images/image.h"
#include "metrics/box.h"

namespace akida::data {

using Colour = std::array<std::uint8_t, 3>;  // red, green, blue

// One of twelve colours that are easy to tell apart; they repeat.
[[nodiscard]] Colour colour_of_class(std::int32_t class_index);

// Draws the outline of a box, `thickness` pixels wide and inside the box; what lies beyond the
// image is cut off. The image has three channels.
void draw_box(Image& image, const metrics::Box& box, const Colour& colour,
              std::int32_t thickness = 1);

// A raw PGM or PPM file (netpbm's pgm(5), ppm(5)).
[[nodiscard]] std::vector<std::byte> encode_pnm(const Image& image);

// A PNG file. Throws kUnsupported where this program was built without libpng.
[[nodiscard]] std::vector<std::byte> encode_png(const Image& image);

}  // namespace akida::data
