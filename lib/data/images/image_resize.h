// Images of another size.
#pragma once

#include <cstddef>
#include <cstdint>

#include "data/images/image.h"

namespace akida::data {

// How the value of a new pixel follows from the old ones. Columns and rows are treated alike;
// `scale` is old size / new size.
enum class ResizeFilter : std::uint8_t {
  // TensorFlow 1's resize_bilinear with its defaults: between pixels floor(x) and floor(x) + 1 at
  // x = i * scale, in float32, then truncated to an integer as the documented resize_and_crop does.
  kLegacy,
  // Bilinear between pixel centres, x = (i + 0.5) * scale - 0.5, the edge repeated, in float32,
  // then
  // rounded half up. Old pixels are skipped where the image shrinks by more than two.
  kBilinear,
  // As Pillow's BILINEAR, to the same bits: the triangle 1 - |d| / max(scale, 1) over the distance
  // d
  // between centres, weights with 22 binary digits, columns first and rounded, then rows.
  kAntialias,
  // The mean of the old pixels weighted by the area that the new pixel covers, weights and rounding
  // as for kAntialias.
  kArea,
};

struct Rect {
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;

  bool operator==(const Rect&) const = default;
};

// Pixels of an image, or of a part of one, that lives elsewhere.
struct ImageView {
  const std::uint8_t* pixels = nullptr;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t channels = 0;
  std::size_t row_bytes = 0;  // from one row to the next
};

[[nodiscard]] ImageView view_of(const Image& image);

// The part of `image` inside `part`, which lies within it.
[[nodiscard]] ImageView view_of(const Image& image, const Rect& part);

// The pixels inside `window` of what `image` becomes at `width` x `height`; those outside cost
// nothing. Sides are at least 1 and below 2^30, the window lies within the new image. Throws
// kFormat when the window exceeds the limits of an image.
[[nodiscard]] Image resize_image(const ImageView& image, std::int32_t width, std::int32_t height,
                                 ResizeFilter filter, const Rect& window);

// The whole of it.
[[nodiscard]] Image resize_image(const ImageView& image, std::int32_t width, std::int32_t height,
                                 ResizeFilter filter);

}  // namespace akida::data
