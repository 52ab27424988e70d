#include "data/images/image_distortion.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace akida;

TEST_CASE("random parts keep area, proportion and one of the boxes") {
  Random random(1);
  const data::RelativeBox box{0.1F, 0.2F, 0.4F, 0.9F};
  for (const auto& [width, height] : {std::pair{200, 150}, std::pair{40, 300}, std::pair{31, 31}}) {
    double areas = 0, left = 0;
    constexpr int kDraws = 2000;
    for (int i = 0; i < kDraws; ++i) {
      const data::Rect part = data::random_part(width, height, {&box, 1}, random);
      REQUIRE((part.x >= 0 && part.y >= 0 && part.x + part.width <= width &&
               part.y + part.height <= height));
      if (part.width == width && part.height == height) continue;
      const double area = double(part.width) * part.height / (double(width) * height);
      REQUIRE((area >= 0.05 && area <= 1.0));
      REQUIRE((part.width >= std::floor(0.75 * part.height) &&
               part.width <= std::ceil(1.33 * part.height)));
      const double x = std::min<double>(part.x + part.width, 0.4 * width) -
                       std::max<double>(part.x, 0.1 * width);
      const double y = std::min<double>(part.y + part.height, 0.9 * height) -
                       std::max<double>(part.y, 0.2 * height);
      REQUIRE((x > 0 && y > 0));
      REQUIRE(x * y >= 0.0999 * 0.3 * 0.7 * width * height);
      areas += area / kDraws;
      left += double(part.x) / width / kDraws;
    }
    if (width == 200) {  // most draws are small parts near the box
      CHECK(areas > 0.15);
      CHECK(areas < 0.5);
      CHECK(left < 0.3);
    }
  }
}

TEST_CASE("where no part can hold, it is the whole image") {
  Random random(1);
  CHECK(data::random_part(1, 32768, {}, random) == data::Rect{0, 0, 1, 32768});
}

TEST_CASE("colours keep their hue and change within the documented ranges") {
  Random random(2);
  double least = 1e9, greatest = -1e9;
  for (int i = 0; i < 1000; ++i) {
    data::Image image{2, 1, 3, {100, 100, 100, 120, 100, 80}};
    data::distort_colours(image, random);
    const auto& p = image.pixels;
    CHECK((p[0] == p[1] && p[1] == p[2]));  // grey stays grey
    CHECK((p[0] >= 68 && p[0] <= 132));
    CHECK(std::abs((p[3] - p[4]) - (p[4] - p[5])) <= 1);  // the middle stays in the middle
    const double spread = double(p[3] - p[5]) / 40;
    least = std::min(least, spread);
    greatest = std::max(greatest, spread);
  }
  CHECK(least == Approx(0.5).margin(0.04));
  CHECK(greatest == Approx(1.5).margin(0.04));
}

TEST_CASE("every second image is mirrored") {
  data::Image image{20, 20, 1, {}};
  for (int i = 0; i < 400; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i % 20 * 10));
  int mirrored = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    Random random(3, i);
    const data::TrainingImage wanted{.width = 4, .height = 1};
    const auto pixels = data::distort_image(image, wanted, {}, random).pixels;
    mirrored += pixels[0] > pixels[3];
  }
  CHECK(mirrored > 420);  // five standard deviations
  CHECK(mirrored < 580);
}
