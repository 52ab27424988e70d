#include "data/clouds/point_groups.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "base/error.h"

using namespace akida;
using Catch::Matchers::Contains;
using Bytes = std::vector<std::uint8_t>;

namespace {

// What the documented pipeline gives for a level or a difference of levels: x = value / 127 in
// float32, and then (x * 127 + 127) as an unsigned byte.
std::uint8_t documented(int value) {
  const float x = static_cast<float>(value) / 127.0F;
  return static_cast<std::uint8_t>(x * 127.0F + 127.0F);
}

// x such that (x + 1) * 127 / 2 is near `level`.
float at(double level) { return static_cast<float>(level * 2 / 127 - 1); }

Bytes group(const std::vector<float>& cloud, const data::GroupOptions& options,
            std::uint32_t index = 0, std::uint32_t copy = 0) {
  Bytes out(static_cast<std::size_t>(data::group_shape(options).size()));
  data::PointGrouper(cloud.size() / 3, options).group(cloud, index, copy, out);
  return out;
}

data::GroupOptions small(data::PointSelection selection) {
  return {.selected = 4, .neighbours = 4, .selection = selection};
}

}  // namespace

TEST_CASE("the byte of every level and difference is the documented one") {
  for (int value = -127; value <= 127; ++value) CHECK(documented(value) == value + 127);
}

TEST_CASE("shapes fold as documented") {
  const auto shape = [](std::int32_t selected, std::int32_t neighbours) {
    return data::group_shape({.selected = selected, .neighbours = neighbours});
  };
  CHECK(shape(128, 64) == Shape{.width = 8, .height = 1024, .channels = 3});
  CHECK(shape(128, 4) == Shape{.width = 2, .height = 256, .channels = 3});
  CHECK(shape(128, 8) == Shape{.width = 4, .height = 256, .channels = 3});
  CHECK(shape(128, 16) == Shape{.width = 4, .height = 512, .channels = 3});
  CHECK(shape(128, 32) == Shape{.width = 8, .height = 512, .channels = 3});
  CHECK(shape(128, 128) == Shape{.width = 16, .height = 1024, .channels = 3});
  CHECK(shape(256, 256) == Shape{.width = 16, .height = 4096, .channels = 3});
  CHECK(shape(512, 512) == Shape{.width = 32, .height = 8192, .channels = 3});
  CHECK_THROWS_WITH(shape(128, 24), "neighbours 24 are no power of 2 from 4 to 512");
  CHECK_THROWS_WITH(shape(128, 1024), "neighbours 1024 are no power of 2 from 4 to 512");
  CHECK_THROWS_WITH(shape(32, 64), "selected points 32 are outside 64..8192 for groups of 64");
}

TEST_CASE("a group is its centre, then the nearest points relative to it") {
  // Points on a line at levels 0, 10, 30 and 127.
  std::vector<float> cloud;
  for (const double level : {0, 10, 30, 127}) {
    cloud.insert(cloud.end(), {at(level), at(0), at(127)});
  }
  const Bytes got = group(cloud, small(data::PointSelection::kFirst));
  const std::vector<std::vector<int>> x = {
      {0, 10, 30, 127}, {10, -10, 20, 117}, {30, -20, -30, 97}, {127, -97, -117, -127}};
  Bytes want;
  for (const auto& row : x) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      want.push_back(documented(row[k]));
      want.push_back(documented(0));
      want.push_back(documented(k == 0 ? 127 : 0));
    }
  }
  CHECK(got == want);
}

TEST_CASE("equally near points come in the order in which they were selected") {
  std::vector<float> cloud;
  for (const double level : {60, 70, 50, 60}) {  // the last one equals the first
    cloud.insert(cloud.end(), {at(level), at(60), at(60)});
  }
  const Bytes got = group(cloud, small(data::PointSelection::kFirst));
  const auto x = [&](std::size_t i) { return got[i * 3] - 127; };
  CHECK(std::vector{x(0), x(1), x(2), x(3)} == std::vector{60, 0, 10, -10});
  CHECK(std::vector{x(12), x(13), x(14), x(15)} == std::vector{60, 0, 10, -10});
}

TEST_CASE("coordinates are clipped and halves go to the even level") {
  std::vector<float> cloud(12, 0.0F);  // 63.5 rounds to 64
  cloud[3] = 2.0F;
  cloud[6] = -3.0F;
  cloud[9] = 1e30F;
  const Bytes got = group(cloud, small(data::PointSelection::kFirst));
  CHECK(got[0] == 127 + 64);
  CHECK(got[12] == 127 + 127);
  CHECK(got[24] == 127 + 0);
  cloud[5] = NAN;
  CHECK_THROWS_WITH(group(cloud, small(data::PointSelection::kFirst)),
                    "point 1 of the cloud is not finite");
}

TEST_CASE("farthest points begin with the first one") {
  std::vector<float> cloud;
  for (const double level : {50, 51, 0, 127, 60, 30}) {
    cloud.insert(cloud.end(), {at(level), 0, 0});
  }
  // 50, then 127 (77 away), 0 (50), 30 (20) which is farther from all than 60 (10) and 51.
  const Bytes got = group(cloud, small(data::PointSelection::kFarthest));
  CHECK(std::vector<int>{got[0], got[12], got[24], got[36]} ==
        std::vector<int>{50 + 127, 127 + 127, 0 + 127, 30 + 127});
  const std::vector<float> same(12, 0.5F);  // equal points are no trouble
  CHECK(group(same, small(data::PointSelection::kFarthest))[0] == 127 + 95);
}

TEST_CASE("one choice of indices serves all clouds and is a choice") {
  std::vector<float> cloud;
  for (int i = 0; i < 100; ++i) cloud.insert(cloud.end(), {at(i), at(0), at(0)});
  data::GroupOptions options{.selected = 64, .neighbours = 4};
  const Bytes got = group(cloud, options);
  std::set<int> chosen;
  for (std::size_t s = 0; s < 64; ++s) chosen.insert(got[s * 12]);
  CHECK(chosen.size() == 64);
  CHECK(*chosen.rbegin() > 127 + 80);
  CHECK(group(cloud, options, 7, 3) == got);
  options.seed = 41;
  CHECK(group(cloud, options) != got);
}

TEST_CASE("augmented copies differ, equal ones are equal") {
  std::vector<float> cloud;
  for (int i = 0; i < 32; ++i) cloud.insert(cloud.end(), {at(4 * i), at(i), at(0)});
  data::GroupOptions options{.selected = 16, .neighbours = 4, .jitter = 0.01};
  const Bytes plain = group(cloud, {.selected = 16, .neighbours = 4});
  const Bytes jittered = group(cloud, options);
  CHECK(jittered != plain);
  CHECK(jittered == group(cloud, options));
  CHECK(jittered != group(cloud, options, 1));
  CHECK(jittered != group(cloud, options, 0, 1));
  for (std::size_t s = 0; s < 16; ++s) {  // 0.01 * 127 / 2 is less than one level
    CHECK(std::abs(jittered[s * 12] - plain[s * 12]) <= 1);
  }
  options = {.selected = 16,
             .neighbours = 4,
             .selection = data::PointSelection::kFirst,
             .shuffle_points = true};
  CHECK(group(cloud, options) != group(cloud, options, 1));
}

TEST_CASE("options that do not fit the clouds are refused") {
  CHECK_THROWS_WITH(data::PointGrouper(100, {}), "128 selected points exceed the 100 of a cloud");
  CHECK_THROWS_WITH(data::PointGrouper(200, {.jitter = -1}), "jitter -1 is outside 0..1");
  CHECK_THROWS_WITH(data::PointGrouper(200, {.jitter = NAN}), Contains("is outside 0..1"));
}
