// What is done to every image before it becomes a sample.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "data/images/encoded_images.h"
#include "data/images/image.h"
#include "data/images/image_distortion.h"
#include "data/images/image_fit.h"

namespace akida::data {

struct ImagePreparation {
  std::int32_t channels = 0;              // 1 grey, 3 colour, 0 as they are
  std::optional<ImageFit> fit;            // none: the size stays
  std::optional<TrainingImage> training;  // a random part instead of `fit`
  std::uint64_t seed = 0;                 // of `training`
};

// Throws kInvalid where a size is outside the limits of an image.
void validate(const ImagePreparation& preparation);

// The image as a sample. `training` depends on the seed and on `index`, which counts the samples,
// and keeps a tenth of one of `boxes` (see random_part).
[[nodiscard]] Image prepare_image(const Image& image, const ImagePreparation& preparation,
                                  std::span<const RelativeBox> boxes, std::uint64_t index);

}  // namespace akida::data
