#include "data/images/image_fit.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;
using data::FitMode;
using data::Size;

// Sides of published ResNet preprocessing: 224 -> 256, 192 -> 219, 160 -> 183, 128 -> 146.
TEST_CASE("the margin of ImageNet's evaluation is the published one") {
  for (const auto& [side, shorter] :
       {std::pair{224, 256}, std::pair{192, 219}, std::pair{160, 183}, std::pair{128, 146}}) {
    const data::ImageFit fit{.width = side, .height = side, .mode = FitMode::kImagenet};
    CHECK(data::crop_size({500, 500}, fit) == Size{shorter, shorter});
    CHECK(data::crop_size({1000, 500}, fit) == Size{2 * shorter, shorter});
  }
}

TEST_CASE("a crop covers the wanted sides and is as small as possible") {
  const data::ImageFit fit{.width = 30, .height = 20, .mode = FitMode::kCrop};
  CHECK(data::crop_size({300, 100}, fit) == Size{60, 20});
  CHECK(data::crop_size({100, 300}, fit) == Size{30, 90});
  CHECK(data::crop_size({31, 21}, fit) == Size{30, 20});
  const data::ImageFit wider{.width = 30, .height = 20, .mode = FitMode::kCrop, .shorter_side = 50};
  CHECK(data::crop_size({300, 100}, wider) == Size{150, 50});
}

TEST_CASE("the thinnest image can be cropped without taking much memory") {
  const data::Image image{1, 32768, 1, std::vector<std::uint8_t>(32768, 7)};
  for (const FitMode mode : {FitMode::kCrop, FitMode::kImagenet}) {
    const data::ImageFit fit{.width = 300, .height = 200, .mode = mode};
    CHECK(data::fit_image(image, fit).pixels == std::vector<std::uint8_t>(60000, 7));
  }
}

TEST_CASE("an image is placed in the middle, or its middle taken") {
  const data::Image image{3, 1, 1, {1, 2, 3}};
  CHECK(data::fit_image(image, {.width = 6, .height = 3, .mode = FitMode::kCenter}).pixels ==
        std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(data::fit_image(image, {.width = 1, .height = 1, .mode = FitMode::kCenter}).pixels ==
        std::vector<std::uint8_t>{2});
}

TEST_CASE("sizes outside the limits are refused") {
  CHECK_THROWS_WITH(data::validate({.width = 0, .height = 5}),
                    "size of 0 x 5 pixels exceeds limits 32768 a side and 67108864 in all");
  CHECK_THROWS_AS(data::validate({.width = 32768, .height = 32768}), Error);
  CHECK_THROWS_WITH(data::validate({.width = 30, .height = 20, .shorter_side = 29}),
                    "shorter side 29 is outside 30..32768");
}
