// Gradients from function values alone, to check written ones.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <span>
#include <vector>

namespace akida::test {

// Central differences of `function` at `point`; the error is of order h^2.
inline std::vector<double> finite_differences(
    const std::function<double(std::span<const double>)>& function, std::vector<double> point) {
  constexpr double kStep = 1e-5;
  std::vector<double> slopes;
  for (double& value : point) {
    const double centre = value;
    value = centre + kStep;
    const double above = function(point);
    value = centre - kStep;
    const double below = function(point);
    value = centre;
    slopes.push_back((above - below) / (2 * kStep));
  }
  return slopes;
}

inline void check_close(std::span<const double> got, std::span<const double> want,
                        double tolerance = 1e-7) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("element " << i);
    CHECK(got[i] == Approx(want[i]).epsilon(tolerance).margin(tolerance));
  }
}

}  // namespace akida::test
