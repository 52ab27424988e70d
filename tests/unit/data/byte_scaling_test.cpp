#include "data/byte_scaling.h"

#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"

using namespace akida;

namespace {

std::vector<double> percentiles_of(const std::vector<float>& values, std::vector<double> percents) {
  const std::size_t count = percents.size();
  data::PercentileFinder finder(std::move(percents));
  const std::span<const float> all(values);
  finder.count(all.first(all.size() / 3));
  finder.count(all.subspan(all.size() / 3));
  finder.start_second_pass();
  finder.refine(all);
  std::vector<double> found;
  for (std::size_t i = 0; i < count; ++i) found.push_back(finder.percentile(i));
  return found;
}

}  // namespace

// numpy.percentile([-3.5, 2, 0, 7, 1e-30, -1e30, 2, 100], [0, 0.5, 25, 50, 90, 99.5, 100])
TEST_CASE("percentiles are numpy's") {
  const auto found =
      percentiles_of({-3.5F, 2, 0, 7, 1e-30F, -1e30F, 2, 100}, {0, 0.5, 25, 50, 90, 99.5, 100});
  const double lowest = -1e30F;
  CHECK(found[0] == lowest);
  CHECK(found[1] == Approx(lowest * (1 - 0.035)));
  CHECK(found[2] == -0.875);
  CHECK(found[3] == Approx(1.0));
  CHECK(found[4] == Approx(34.9));
  CHECK(found[5] == Approx(96.745));
  CHECK(found[6] == 100);
}

TEST_CASE("a single value is every percentile") {
  CHECK(percentiles_of({-4.25F}, {0, 50, 100}) == std::vector<double>{-4.25, -4.25, -4.25});
}

TEST_CASE("values that have no order are refused") {
  data::PercentileFinder finder({50});
  const std::vector<float> values = {1, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_AS(finder.count(values), Error);
  CHECK_THROWS_AS(data::PercentileFinder({50}).start_second_pass(), Error);
  CHECK_THROWS_AS(data::PercentileFinder({101}), Error);
}

TEST_CASE("bytes are rounded, halves to even, and cut off") {
  const data::ByteScaling scaling{-10, 500};  // steps of 2
  const std::vector<float> values = {
      -10, -9, -7, -6.9F, 499, 500, 501, -11, std::numeric_limits<float>::quiet_NaN()};
  std::vector<std::uint8_t> bytes(values.size());
  scaling.apply(values, bytes);
  CHECK(bytes == std::vector<std::uint8_t>{0, 0, 2, 2, 254, 255, 255, 0, 0});
  CHECK(scaling.step() == 2);
  const auto [a, b] = scaling.input_scaling();
  CHECK(a == 0.5);
  CHECK(b == 5);
  CHECK((255 - b) / a == 500);
}

TEST_CASE("a range needs its ends in order") {
  CHECK_NOTHROW(data::validate({-1, 1}));
  CHECK_THROWS_AS(data::validate({1, 1}), Error);
  CHECK_THROWS_AS(data::validate({0, std::numeric_limits<double>::infinity()}), Error);
}
