#include "data/images/image_drawing.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"

namespace akida::data {
namespace {

constexpr std::array<Colour, 12> kColours = {{{230, 25, 75},
                                              {60, 180, 75},
                                              {255, 225, 25},
                                              {0, 130, 200},
                                              {245, 130, 48},
                                              {145, 30, 180},
                                              {70, 240, 240},
                                              {240, 50, 230},
                                              {210, 245, 60},
                                              {170, 110, 40},
                                              {0, 128, 128},
                                              {255, 255, 255}}};

// The pixel that a coordinate lies in, or one just outside the image.
std::int32_t pixel_of(double coordinate, std::int32_t size) {
  return static_cast<std::int32_t>(std::floor(std::clamp(coordinate, -1.0, size + 0.0)));
}

}  // namespace

Colour colour_of_class(std::int32_t class_index) {
  return kColours[static_cast<std::size_t>(std::max(class_index, 0)) % kColours.size()];
}

void draw_box(Image& image, const metrics::Box& box, const Colour& colour, std::int32_t thickness) {
  // A continuous corner at 10.0 ends with pixel 9.
  const std::int32_t left = pixel_of(box.x1, image.width);
  const std::int32_t top = pixel_of(box.y1, image.height);
  const std::int32_t right = pixel_of(std::ceil(box.x2) - 1, image.width);
  const std::int32_t bottom = pixel_of(std::ceil(box.y2) - 1, image.height);
  for (std::int32_t y = std::max(top, 0); y <= std::min(bottom, image.height - 1); ++y) {
    for (std::int32_t x = std::max(left, 0); x <= std::min(right, image.width - 1); ++x) {
      const std::int32_t inside = std::min({x - left, right - x, y - top, bottom - y});
      if (inside >= thickness) {
        x = std::max(x, right - thickness);  // nothing to draw up to the right side
        continue;
      }
      const auto place = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                         static_cast<std::size_t>(x);
      std::ranges::copy(colour, image.pixels.begin() + static_cast<std::ptrdiff_t>(3 * place));
    }
  }
}

std::vector<std::byte> encode_pnm(const Image& image) {
  const std::string head =
      fmt::format("P{}\n{} {}\n255\n", image.channels == 1 ? 5 : 6, image.width, image.height);
  std::vector<std::byte> file;
  for (const char c : head) file.push_back(static_cast<std::byte>(c));
  const auto pixels = std::as_bytes(std::span(image.pixels));
  file.insert(file.end(), pixels.begin(), pixels.end());
  return file;
}

#ifndef AKIDA_HAVE_PNG
std::vector<std::byte> encode_png(const Image&) {
  fail(ErrorKind::kUnsupported, "this program cannot write PNG images");
}
#endif

}  // namespace akida::data
