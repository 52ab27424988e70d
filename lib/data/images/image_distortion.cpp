#include "data/images/image_distortion.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace akida::data {
namespace {

constexpr int kAttempts = 100;
constexpr double kMinArea = 0.05;
constexpr double kMaxArea = 1.0;
constexpr double kMinAspect = 0.75;
constexpr double kMaxAspect = 1.33;
constexpr double kMinCovered = 0.1;
constexpr double kBrightness = 32.0;
constexpr double kMinSaturation = 0.5;
constexpr double kMaxSaturation = 1.5;

double uniform(Random& random, double low, double high) {
  return low + random.uniform() * (high - low);
}

std::int32_t rounded(double value) { return static_cast<std::int32_t>(std::floor(value + 0.5)); }

// Uniform in low..high.
std::int32_t between(Random& random, std::int32_t low, std::int32_t high) {
  return low + static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low) + 1));
}

std::optional<Rect> try_part(std::int32_t width, std::int32_t height, Random& random) {
  const double aspect = uniform(random, kMinAspect, kMaxAspect);
  const double area = static_cast<double>(width) * height;
  const std::int32_t least =
      std::max(static_cast<std::int32_t>(std::ceil(std::sqrt(kMinArea * area / aspect))), 1);
  std::int32_t most =
      std::min(height, static_cast<std::int32_t>(std::floor(std::sqrt(kMaxArea * area / aspect))));
  while (most >= least && rounded(most * aspect) > width) --most;
  if (most < least) return std::nullopt;
  Rect part;
  part.height = between(random, least, most);
  part.width = std::max(rounded(part.height * aspect), 1);
  const double covered = static_cast<double>(part.width) * part.height;
  if (covered < kMinArea * area || covered > kMaxArea * area) return std::nullopt;
  part.x = between(random, 0, width - part.width);
  part.y = between(random, 0, height - part.height);
  return part;
}

// Whether a tenth of the box lies in the part.
bool covers(const Rect& part, const RelativeBox& box, std::int32_t width, std::int32_t height) {
  const double x1 = double{box.x1} * width, x2 = double{box.x2} * width;
  const double y1 = double{box.y1} * height, y2 = double{box.y2} * height;
  const double overlap_x = std::min<double>(x2, part.x + part.width) - std::max<double>(x1, part.x);
  const double overlap_y =
      std::min<double>(y2, part.y + part.height) - std::max<double>(y1, part.y);
  return overlap_x > 0 && overlap_y > 0 &&
         overlap_x * overlap_y >= kMinCovered * (x2 - x1) * (y2 - y1);
}

void mirror(Image& image) {
  const auto row_bytes = std::ptrdiff_t{image.width} * image.channels;
  for (std::int32_t y = 0; y < image.height; ++y) {
    const auto row = image.pixels.begin() + y * row_bytes;
    for (std::int32_t left = 0, right = image.width - 1; left < right; ++left, --right) {
      std::swap_ranges(row + std::ptrdiff_t{left} * image.channels,
                       row + std::ptrdiff_t{left + 1} * image.channels,
                       row + std::ptrdiff_t{right} * image.channels);
    }
  }
}

}  // namespace

Rect random_part(std::int32_t width, std::int32_t height, std::span<const RelativeBox> boxes,
                 Random& random) {
  const RelativeBox whole{0, 0, 1, 1};
  if (boxes.empty()) boxes = std::span(&whole, 1);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto part = try_part(width, height, random);
    if (part && std::ranges::any_of(boxes, [&](const RelativeBox& box) {
          return covers(*part, box, width, height);
        })) {
      return *part;
    }
  }
  return {.width = width, .height = height};
}

void distort_colours(Image& image, Random& random) {
  const double brightness = uniform(random, -kBrightness, kBrightness);
  const double factor = uniform(random, kMinSaturation, kMaxSaturation);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < image.pixels.size(); i += channels) {
    std::uint8_t* const pixel = image.pixels.data() + i;
    const auto [least, greatest] = std::minmax_element(pixel, pixel + channels);
    const double value = *greatest + brightness;
    const double spread = static_cast<double>(*greatest) - *least;
    // Saturation is spread / value, and at most 1; values at or below 0 have none.
    const double saturation = value > 0 ? spread / value : 0;
    const double gain = saturation > 0 ? std::min(saturation * factor, 1.0) / saturation : 1;
    for (std::size_t c = 0; c < channels; ++c) {
      const double changed = value - gain * (value - (pixel[c] + brightness));
      pixel[c] = static_cast<std::uint8_t>(std::clamp(rounded(changed), 0, 255));
    }
  }
}

Image distort_image(const Image& image, const TrainingImage& wanted,
                    std::span<const RelativeBox> boxes, Random& random) {
  const Rect part = random_part(image.width, image.height, boxes, random);
  Image result = resize_image(view_of(image, part), wanted.width, wanted.height, wanted.filter);
  if (random.below(2) == 1) mirror(result);
  if (wanted.colours) distort_colours(result, random);
  return result;
}

}  // namespace akida::data
