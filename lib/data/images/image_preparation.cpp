#include "data/images/image_preparation.h"

namespace akida::data {
namespace {

constexpr std::uint32_t kPixels = 3;  // stream of random numbers; imagenet.cpp has 1 and 2

Image resized(const Image& image, const ImagePreparation& preparation,
              std::span<const RelativeBox> boxes, std::uint64_t index) {
  if (preparation.training) {
    Random random(preparation.seed, kPixels, static_cast<std::uint32_t>(index),
                  static_cast<std::uint32_t>(index >> 32));
    return distort_image(image, *preparation.training, boxes, random);
  }
  return preparation.fit ? fit_image(image, *preparation.fit) : image;
}

}  // namespace

void validate(const ImagePreparation& preparation) {
  if (preparation.fit) validate(*preparation.fit);
  if (preparation.training) {
    validate(
        ImageFit{.width = preparation.training->width, .height = preparation.training->height});
  }
}

Image prepare_image(const Image& image, const ImagePreparation& preparation,
                    std::span<const RelativeBox> boxes, std::uint64_t index) {
  if (preparation.channels == 0 || preparation.channels == image.channels) {
    return resized(image, preparation, boxes, index);
  }
  return resized(with_channels(image, preparation.channels), preparation, boxes, index);
}

}  // namespace akida::data
