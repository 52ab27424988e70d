#include "data/images/image_fit.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "data/images/image_codecs.h"

namespace akida::data {
namespace {

constexpr double kImagenetMargin = 1.143;
constexpr std::int32_t kMaxResizedSide = 1 << 29;  // only the cropped part of it is computed

// size * part / whole, rounded down.
std::int32_t scaled(std::int32_t size, std::int32_t part, std::int32_t whole) {
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(std::int64_t{size} * part / whole, kMaxResizedSide));
}

Size imagenet_size(const Size& image, const ImageFit& fit) {
  const auto shorter =
      static_cast<float>(std::nearbyint(std::max(fit.width, fit.height) * kImagenetMargin));
  const float ratio = shorter / static_cast<float>(std::min(image.width, image.height));
  const auto side = [&](std::int32_t old_side, std::int32_t least) {
    const float scaled_side = static_cast<float>(old_side) * ratio;
    return std::max(
        static_cast<std::int32_t>(std::min(scaled_side, static_cast<float>(kMaxResizedSide))),
        least);
  };
  return {.width = side(image.width, fit.width), .height = side(image.height, fit.height)};
}

Image crop_middle(const Image& image, const ImageFit& fit, ResizeFilter filter) {
  const Size size = crop_size({image.width, image.height}, fit);
  const Rect window{.x = (size.width - fit.width) / 2,
                    .y = (size.height - fit.height) / 2,
                    .width = fit.width,
                    .height = fit.height};
  return resize_image(view_of(image), size.width, size.height, filter, window);
}

// The overlap of the middles on one axis: old[from ...] goes to new[to ...].
struct Overlap {
  std::int32_t from, to, count;
};

Overlap overlap_of(std::int32_t old_size, std::int32_t new_size) {
  return {.from = std::max(old_size - new_size, 0) / 2,
          .to = std::max(new_size - old_size, 0) / 2,
          .count = std::min(old_size, new_size)};
}

Image place_middle(const Image& image, const ImageFit& fit) {
  Image result = make_image(static_cast<std::uint64_t>(fit.width),
                            static_cast<std::uint64_t>(fit.height), image.channels);
  const Overlap x = overlap_of(image.width, fit.width);
  const Overlap y = overlap_of(image.height, fit.height);
  const auto at = [&](const Image& of, std::int32_t row, std::int32_t column) {
    return (std::ptrdiff_t{row} * of.width + column) * of.channels;
  };
  for (std::int32_t row = 0; row < y.count; ++row) {
    std::copy_n(image.pixels.begin() + at(image, y.from + row, x.from), x.count * image.channels,
                result.pixels.begin() + at(result, y.to + row, x.to));
  }
  return result;
}

}  // namespace

void validate(const ImageFit& fit) {
  const auto limit = static_cast<std::int32_t>(kMaxImageSide);
  if (fit.width < 1 || fit.height < 1 || fit.width > limit || fit.height > limit ||
      std::uint64_t(fit.width) * std::uint64_t(fit.height) > kMaxImagePixels) {
    fail(ErrorKind::kInvalid, "size of {} x {} pixels exceeds limits {} a side and {} in all",
         fit.width, fit.height, kMaxImageSide, kMaxImagePixels);
  }
  const std::int32_t longer = std::max(fit.width, fit.height);
  if (fit.shorter_side != 0 && (fit.shorter_side < longer || fit.shorter_side > limit)) {
    fail(ErrorKind::kInvalid, "shorter side {} is outside {}..{}", fit.shorter_side, longer, limit);
  }
}

Size crop_size(const Size& image, const ImageFit& fit) {
  if (fit.mode == FitMode::kImagenet) return imagenet_size(image, fit);
  if (fit.shorter_side > 0) {
    const std::int32_t shorter = std::min(image.width, image.height);
    return {.width = scaled(image.width, fit.shorter_side, shorter),
            .height = scaled(image.height, fit.shorter_side, shorter)};
  }
  const bool is_wider =
      std::int64_t{image.width} * fit.height >= std::int64_t{fit.width} * image.height;
  if (is_wider) {
    return {.width = scaled(image.width, fit.height, image.height), .height = fit.height};
  }
  return {.width = fit.width, .height = scaled(image.height, fit.width, image.width)};
}

Image fit_image(const Image& image, const ImageFit& fit) {
  const ResizeFilter filter = fit.filter.value_or(
      fit.mode == FitMode::kImagenet ? ResizeFilter::kLegacy : ResizeFilter::kAntialias);
  switch (fit.mode) {
    case FitMode::kStretch:
      return resize_image(view_of(image), fit.width, fit.height, filter);
    case FitMode::kCenter:
      return place_middle(image, fit);
    case FitMode::kCrop:
    case FitMode::kImagenet:
      break;
  }
  return crop_middle(image, fit, filter);
}

}  // namespace akida::data
