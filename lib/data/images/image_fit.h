// Images of any size made to fit samples of one size.
#pragma once

#include <cstdint>
#include <optional>

#include "data/images/image.h"
#include "data/images/image_resize.h"

namespace akida::data {

enum class FitMode : std::uint8_t {
  kStretch,  // resized to the wanted sides, whatever becomes of the proportions
  kCrop,     // resized with its proportions until it covers the wanted sides, then the middle of it
  kCenter,   // not resized: the middle of it, zeros where it is smaller
  kImagenet,  // the documented resize_and_crop; see crop_size
};

struct ImageFit {
  std::int32_t width = 0;
  std::int32_t height = 0;
  FitMode mode = FitMode::kStretch;
  std::optional<ResizeFilter> filter;  // unset: kLegacy for kImagenet, else kAntialias
  std::int32_t shorter_side = 0;       // kCrop: of the image before the crop; 0: as small as covers
};

struct Size {
  std::int32_t width = 0;
  std::int32_t height = 0;

  bool operator==(const Size&) const = default;
};

// Throws kInvalid unless 1 <= width, height <= kMaxImageSide and their product is within
// kMaxImagePixels, and unless shorter_side is 0 or covers both.
void validate(const ImageFit& fit);

// What kCrop and kImagenet resize an image to before they take the middle, left and upper margin
// rounded down.
//
// kImagenet: the shorter side becomes m = round(1.143 max(width, height)), as in the evaluation
// preprocessing of TensorFlow's official ResNet; with r = m / min(w, h) in float32 the sides are
// int(w r) and int(h r) (at least the wanted ones, which float32 can miss by one).
[[nodiscard]] Size crop_size(const Size& image, const ImageFit& fit);

// `image` with fit.width x fit.height pixels.
[[nodiscard]] Image fit_image(const Image& image, const ImageFit& fit);

}  // namespace akida::data
