#include "data/images/image_resize.h"

#include <catch2/catch.hpp>

using namespace akida;
using data::ResizeFilter;
using Bytes = std::vector<std::uint8_t>;

namespace {

constexpr auto kEvery = {ResizeFilter::kLegacy, ResizeFilter::kBilinear, ResizeFilter::kAntialias,
                         ResizeFilter::kArea};

Bytes row(const Bytes& pixels, std::int32_t width, ResizeFilter filter) {
  const data::Image image{static_cast<std::int32_t>(pixels.size()), 1, 1, pixels};
  return data::resize_image(data::view_of(image), width, 1, filter).pixels;
}

data::Image pattern(std::int32_t width, std::int32_t height, std::int32_t channels) {
  data::Image image{width, height, channels, {}};
  for (std::int32_t i = 0; i < width * height * channels; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>(i * 89 % 256));
  }
  return image;
}

}  // namespace

// By hand: new pixel i of 2 from 4 lies at 2i (legacy) or 2i + 0.5 (bilinear); the triangle of
// half-width 2 about 1 and 3 weighs 1, 3, 3, 1 of 8, the first and the last cut off at the edge.
TEST_CASE("each filter halves a row by its formula") {
  const Bytes pixels = {0, 40, 80, 200};
  CHECK(row(pixels, 2, ResizeFilter::kLegacy) == Bytes{0, 80});
  CHECK(row(pixels, 2, ResizeFilter::kBilinear) == Bytes{20, 140});
  CHECK(row(pixels, 2, ResizeFilter::kArea) == Bytes{20, 140});
  // (3 * 0 + 3 * 40 + 80) / 7 = 28.57, (40 + 3 * 80 + 3 * 200) / 7 = 125.71
  CHECK(row(pixels, 2, ResizeFilter::kAntialias) == Bytes{29, 126});
}

TEST_CASE("each filter doubles a row by its formula") {
  const Bytes pixels = {0, 100};
  CHECK(row(pixels, 4, ResizeFilter::kLegacy) == Bytes{0, 50, 100, 100});
  CHECK(row(pixels, 4, ResizeFilter::kBilinear) == Bytes{0, 25, 75, 100});
  CHECK(row(pixels, 4, ResizeFilter::kAntialias) == Bytes{0, 25, 75, 100});
  CHECK(row(pixels, 4, ResizeFilter::kArea) == Bytes{0, 0, 100, 100});
}

TEST_CASE("an image of its own size stays as it is") {
  for (const std::int32_t channels : {1, 3}) {
    const data::Image image = pattern(7, 5, channels);
    for (const ResizeFilter filter : kEvery) {
      CHECK(data::resize_image(data::view_of(image), 7, 5, filter) == image);
    }
  }
}

TEST_CASE("a window holds what the whole holds there") {
  const data::Image image = pattern(23, 17, 3);
  const data::Rect window{.x = 3, .y = 5, .width = 4, .height = 6};
  for (const ResizeFilter filter : kEvery) {
    const data::Image whole = data::resize_image(data::view_of(image), 11, 30, filter);
    const data::Image part = data::resize_image(data::view_of(image), 11, 30, filter, window);
    const data::ImageView expected = data::view_of(whole, window);
    for (std::int32_t y = 0; y < window.height; ++y) {
      const auto* const begin = expected.pixels + static_cast<std::size_t>(y) * expected.row_bytes;
      CHECK(Bytes(begin, begin + 12) ==
            Bytes(part.pixels.begin() + y * 12, part.pixels.begin() + (y + 1) * 12));
    }
  }
}

TEST_CASE("a part of an image is resized as if it were alone") {
  const data::Image image = pattern(20, 10, 1);
  const data::Rect place{.x = 6, .y = 2, .width = 9, .height = 7};
  data::Image alone{9, 7, 1, {}};
  for (std::int32_t y = 0; y < 7; ++y) {
    const auto begin = image.pixels.begin() + (y + 2) * 20 + 6;
    alone.pixels.insert(alone.pixels.end(), begin, begin + 9);
  }
  for (const ResizeFilter filter : kEvery) {
    CHECK(data::resize_image(data::view_of(image, place), 4, 5, filter) ==
          data::resize_image(data::view_of(alone), 4, 5, filter));
  }
}
