#include "nn/augmentation.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <vector>

using namespace akida;
using namespace akida::nn;

namespace {

constexpr Shape kShape{.width = 10, .height = 8, .channels = 2};

// Channel 0 counts rows, channel 1 columns, so that every value tells where it came from.
std::vector<float> coordinates() {
  std::vector<float> values;
  for (int y = 0; y < kShape.height; ++y) {
    for (int x = 0; x < kShape.width; ++x) {
      values.push_back(static_cast<float>(y));
      values.push_back(static_cast<float>(x));
    }
  }
  return values;
}

struct Changed {
  std::vector<float> values;
  io::Box box;
};

Changed change(const Augmentation& augmentation, std::uint64_t seed,
               std::vector<float> values = coordinates(), DType type = DType::kF32) {
  Random random(seed);
  io::Box box{.x1 = 2, .y1 = 3, .x2 = 5, .y2 = 7};
  augment(augmentation, kShape, type, random, values, std::span(&box, 1));
  return {values, box};
}

float row_at(const Changed& changed, int y, int x) {
  return changed.values[static_cast<std::size_t>(2 * (y * kShape.width + x))];
}
float column_at(const Changed& changed, int y, int x) {
  return changed.values[static_cast<std::size_t>(2 * (y * kShape.width + x) + 1)];
}

}  // namespace

TEST_CASE("half of all images are mirrored, with their boxes") {
  int flipped = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Changed changed = change({.flip = true}, seed);
    if (changed.values == coordinates()) {
      CHECK((changed.box == io::Box{.x1 = 2, .y1 = 3, .x2 = 5, .y2 = 7}));
      continue;
    }
    ++flipped;
    REQUIRE(column_at(changed, 4, 0) == 9);
    REQUIRE(column_at(changed, 4, 9) == 0);
    REQUIRE(row_at(changed, 4, 3) == 4);
    CHECK((changed.box == io::Box{.x1 = 5, .y1 = 3, .x2 = 8, .y2 = 7}));
  }
  CHECK(std::abs(flipped - 200) < 4 * 10);  // 4 standard deviations
}

TEST_CASE("shifts reach every whole pixel up to the share, and repeat the edge") {
  std::set<std::pair<int, int>> seen;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Changed changed = change({.shift = 0.2}, seed);
    const int dy = 4 - static_cast<int>(row_at(changed, 4, 5));
    const int dx = 5 - static_cast<int>(column_at(changed, 4, 5));
    seen.insert({dy, dx});
    for (int y = 0; y < kShape.height; ++y) {
      for (int x = 0; x < kShape.width; ++x) {
        REQUIRE(row_at(changed, y, x) == static_cast<float>(std::clamp(y - dy, 0, 7)));
        REQUIRE(column_at(changed, y, x) == static_cast<float>(std::clamp(x - dx, 0, 9)));
      }
    }
    CHECK(changed.box.x1 == static_cast<float>(2 + dx));
    CHECK(changed.box.y2 == static_cast<float>(std::min(7 + dy, 8)));
  }
  CHECK(seen.size() == 3 * 5);  // a fifth of 8 and of 10 pixels: -1..1 and -2..2
}

TEST_CASE("a crop enlarges a window inside the image; boxes stay on what they mark") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Changed changed = change({.crop = 0.4}, seed);
    // Between the borders, values are where their pixel came from: a straight line in x.
    const double scale = double{column_at(changed, 4, 5)} - double{column_at(changed, 4, 4)};
    const double left = double{column_at(changed, 4, 4)} + 0.5 - 4.5 * scale;
    REQUIRE(scale > 0.6 - 1e-5);
    REQUIRE(scale <= 1 + 1e-5);
    REQUIRE(left >= -1e-5);
    REQUIRE(left + scale * 10 <= 10 + 1e-5);
    CHECK(double{changed.box.x1} == Approx(std::clamp((2 - left) / scale, 0.0, 10.0)).margin(1e-4));
    CHECK(double{changed.box.x2} == Approx(std::clamp((5 - left) / scale, 0.0, 10.0)).margin(1e-4));
  }
}

TEST_CASE("brightness is one factor per image") {
  double lowest = 9, highest = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Changed changed = change({.brightness = 0.25}, seed);
    const double factor = double{column_at(changed, 0, 9)} / 9;
    lowest = std::min(lowest, factor);
    highest = std::max(highest, factor);
    for (std::size_t i = 0; i < changed.values.size(); ++i) {
      REQUIRE(double{changed.values[i]} == Approx(factor * double{coordinates()[i]}));
    }
  }
  CHECK((lowest >= 0.75 && lowest < 0.76));
  CHECK((highest <= 1.25 && highest > 1.24));
}

TEST_CASE("noise has mean 0 and the given deviation") {
  double sum = 0, squares = 0, count = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Changed changed = change({.noise = 3}, seed);
    for (std::size_t i = 0; i < changed.values.size(); ++i) {
      const double noise = double{changed.values[i]} - double{coordinates()[i]};
      sum += noise;
      squares += noise * noise;
      ++count;
    }
  }
  CHECK(std::abs(sum / count) < 4 * 3 / std::sqrt(count));
  CHECK(squares / count == Approx(9).epsilon(4 * std::sqrt(2 / count)));
}

TEST_CASE("values of integer types stay integers, bytes stay bytes") {
  std::vector<float> bright(static_cast<std::size_t>(kShape.size()), 254);
  bright[0] = 1;
  const Augmentation noisy{.brightness = 0.3, .noise = 5};
  const Changed bytes = change(noisy, 1, bright, DType::kU8);
  const Changed integers = change(noisy, 1, bright, DType::kI32);
  const auto whole = [](float value) { return value == std::floor(value); };
  CHECK(std::ranges::all_of(bytes.values, whole));
  CHECK(std::ranges::all_of(integers.values, whole));
  CHECK(std::ranges::all_of(bytes.values, [](float v) { return v >= 0 && v <= 255; }));
  for (std::size_t i = 0; i < bright.size(); ++i) {
    CHECK(bytes.values[i] == std::clamp(integers.values[i], 0.0F, 255.0F));
  }
}

TEST_CASE("augmentation values out of range are refused") {
  CHECK_THROWS_WITH(validate(Augmentation{.shift = 1}), "shift 1 is outside 0 <= shift < 1");
  CHECK_THROWS_WITH(validate(Augmentation{.crop = -0.5}), "crop -0.5 is outside 0 <= crop < 1");
  CHECK_THROWS(validate(Augmentation{.brightness = std::nan("")}));
  CHECK_THROWS_WITH(validate(Augmentation{.noise = -1}), "noise -1 is not finite and at least 0");
}
