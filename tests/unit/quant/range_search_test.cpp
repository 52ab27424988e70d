#include "quant/range_search.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "cnn/quantizer.h"

using namespace akida;
using namespace akida::quant;

namespace {

std::vector<float> normals(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

// The error by the definition, in double.
double squared_error(const std::vector<float>& weights, std::int32_t bits, double limit) {
  const double largest = (1 << (bits - 1)) - 1, step = limit / largest;
  double error = 0;
  for (float weight : weights) {
    const double code = std::min(largest, std::max(-largest, std::nearbyint(weight / step)));
    error += std::pow(weight - code * step, 2);
  }
  return error;
}

double decibels(const std::vector<float>& weights, std::size_t filters, std::int32_t bits) {
  const std::vector<float> limits = least_error_limits(bits, weights, filters);
  std::vector<float> quantized(weights.size());
  cnn::quantize_weights(bits, weights, cnn::scale_factors(bits, limits), quantized);
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    signal += std::pow(double{weights[i]}, 2);
    noise += std::pow(double{weights[i]} - double{quantized[i]}, 2);
  }
  return 10 * std::log10(signal / noise);
}

}  // namespace

TEST_CASE("no limit of a fine grid has less error than the one found") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Random random(seed, 1);
    std::vector<float> weights = normals(1 + random.below(40), seed);
    if (seed % 3 == 0) weights[0] *= 20;                          // an outlier
    if (seed % 5 == 0) weights.resize(weights.size() + 9, 0.0F);  // zeros
    if (seed % 7 == 0) weights.insert(weights.end(), weights.begin(), weights.end());
    float top = 0;
    for (float weight : weights) top = std::max(top, std::abs(weight));
    for (std::int32_t bits = 2; bits <= 8; ++bits) {
      const float limit = least_error_limits(bits, weights, 1)[0];
      const double found = squared_error(weights, bits, double{limit});
      double least = found;
      for (int i = 1; i <= 4000; ++i) {
        least = std::min(least, squared_error(weights, bits, double{top} * i / 2000));
      }
      INFO("seed " << seed << " bits " << bits << " limit " << limit);
      CHECK(found <= least * (1 + 1e-5) + 1e-12);
    }
  }
}

TEST_CASE("a single magnitude is met exactly, also above it") {
  const std::vector<float> weights = {0.5F, -0.5F, 0.0F};
  CHECK(least_error_limits(2, weights, 1) == std::vector<float>{0.5F});
  // 1, 2 and 3 are codes of a grid whose limit, 7, is above the largest weight.
  const std::vector<float> grid = {1, 2, -3, 2, 1};
  const double error = squared_error(grid, 4, double{least_error_limits(4, grid, 1)[0]});
  CHECK(error < 1e-10);
}

TEST_CASE("filters are searched apart, whatever the number of threads") {
  std::vector<float> weights = normals(5 * 200, 3);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= static_cast<float>(i % 5);
  const std::vector<float> limits = least_error_limits(3, weights, 5);
  CHECK(limits[0] == 3.0F);  // of zeros: the scale factor is 1
  for (std::size_t filter = 1; filter < 5; ++filter) {
    std::vector<float> own;
    for (std::size_t i = filter; i < weights.size(); i += 5) own.push_back(weights[i]);
    CHECK(least_error_limits(3, own, 1)[0] == limits[filter]);
  }
  CHECK(least_error_limits(3, weights, 5, 4) == limits);
  CHECK(least_error_limits(4, std::vector<float>{1e-40F, 0.0F}, 1) == std::vector<float>{7.0F});
}

TEST_CASE("Gaussian filters reach at least the published signal-to-noise ratios") {
  // The published optimum has one limit for all 400 filters; at 8 bits MaxPerAxis beats it.
  constexpr std::size_t kFilters = 100;
  const std::vector<float> weights = normals(kFilters * 576, 11);
  const std::pair<std::int32_t, double> published[] = {{2, 7.2}, {3, 13.3}, {4, 18.9}, {8, 42.5}};
  for (const auto& [bits, least] : published) {
    const double found = decibels(weights, kFilters, bits);
    INFO(bits << " bits: " << found << " dB");
    CHECK(found > least - 0.05);
    CHECK(found < least + 0.7);
  }
}
