// Random changes of training images, as the documented ImageNet preprocessing makes them.
#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"
#include "data/images/encoded_images.h"
#include "data/images/image.h"
#include "data/images/image_resize.h"

namespace akida::data {

// A part of an image of width x height pixels: of 5 % to 100 % of its area, with a width of 0.75 to
// 1.33 times its height, and with at least a tenth of one of `boxes` in it (of the whole image
// where there are none). Shapes are drawn until one holds, 100 times at most; then it is the whole
// image.
//
// One try: the proportion is uniform in its range, the height uniform among the integers for which
// the area is in its range and the part lies within the image, the width is proportion x height
// rounded, the place uniform.
[[nodiscard]] Rect random_part(std::int32_t width, std::int32_t height,
                               std::span<const RelativeBox> boxes, Random& random);

// Brightness + b, b uniform in +-32 (of 255); saturation in hue-saturation-value space times s, s
// uniform in 0.5..1.5; cut to 0..255 and rounded half up. Grey images only change their brightness.
void distort_colours(Image& image, Random& random);

struct TrainingImage {
  std::int32_t width = 0;  // of the result
  std::int32_t height = 0;
  ResizeFilter filter = ResizeFilter::kLegacy;
  bool colours = false;  // distort_colours as well
};

// A random part of `image` resized without regard to its proportions, every second time mirrored
// left to right.
[[nodiscard]] Image distort_image(const Image& image, const TrainingImage& wanted,
                                  std::span<const RelativeBox> boxes, Random& random);

}  // namespace akida::data
