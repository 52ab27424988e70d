// Random changes of training images that keep their meaning.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "io/sample.h"
#include "tensor/dense.h"

namespace akida::nn {

// Each is off at 0. They are applied in this order.
struct Augmentation {
  bool flip = false;      // left to right, every second image
  double shift = 0;       // by whole pixels, up to this share of height and width; the edge repeats
  double crop = 0;        // to a window smaller by up to this share, enlarged again (bilinear)
  double brightness = 0;  // all values times a factor in 1 - brightness .. 1 + brightness
  double noise = 0;       // standard deviation of normal noise, in units of the stored values

  [[nodiscard]] bool any() const {
    return flip || shift > 0 || crop > 0 || brightness > 0 || noise > 0;
  }
  bool operator==(const Augmentation&) const = default;
};

// Throws kInvalid naming the value and its range: shift, crop and brightness 0..1 (1 excluded),
// noise finite and at least 0.
void validate(const Augmentation& augmentation);

// Changes `values`, an image of `shape` as stored in a stream of `type`; values of integer types
// are rounded again, those of u8 also kept in 0..255. `boxes`, in pixels, move along and are cut at
// the image's border; may be empty. The draws depend on `augmentation` and `shape` only.
void augment(const Augmentation& augmentation, const Shape& shape, DType type, Random& random,
             std::span<float> values, std::span<io::Box> boxes);

}  // namespace akida::nn
