// Float networks with random weights and samples, and how close float32 comes to double.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "cnn/network.h"
#include "cnn/shapes.h"
#include "tensor/dense.h"

namespace akida::test {

inline void fill_uniform(std::span<float> values, double low, double high, Random& random) {
  for (float& value : values) value = static_cast<float>(low + (high - low) * random.uniform());
}

// Kernels and biases, gammas around 1 of either sign, variances above 0.
inline void randomize_variables(cnn::Network& network, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    for (cnn::Variable& variable : network.variables(i)) {
      const auto values = variable.value.data<float>();
      if (variable.name == "moving_variance") {
        fill_uniform(values, 0.5, 2, random);
      } else {
        fill_uniform(values, -1, 1, random);
      }
      if (variable.name == "gamma") {
        for (float& gamma : values) gamma += gamma < 0 ? -0.5F : 0.5F;
      }
    }
  }
}

inline Dense random_samples(const cnn::Dims& shape, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> dims = {count};
  dims.insert(dims.end(), shape.begin(), shape.end());
  Dense samples(DType::kF32, dims);
  Random random(seed);
  fill_uniform(samples.data<float>(), -1, 1, random);
  return samples;
}

inline std::vector<double> as_doubles(std::span<const float> values) {
  return {values.begin(), values.end()};
}

// Compares with values in double, relative to the largest of them. One failure at most.
inline void check_near(std::span<const float> got, std::span<const double> want,
                       double tolerance = 1e-5) {
  REQUIRE(got.size() == want.size());
  double largest = 0;
  for (const double value : want) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::abs(double{got[i]} - want[i]) <= tolerance * (largest + 1e-3)) continue;
    FAIL("element " << i << " is " << got[i] << ", not " << want[i] << " (largest " << largest
                    << ")");
  }
}

}  // namespace akida::test
