#include "cnn/initializers.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "cnn/network_variables.h"

using namespace akida;
using namespace akida::cnn;

namespace {

Network network() {
  Network result;
  result.add({.parameters = Input{{32, 32, 16}}});
  result.add({.parameters = Conv2D{.filters = 24, .kernel_size = {5, 3}}});
  result.add({.parameters = BatchNormalization{}});
  result.add({.parameters = SeparableConv2D{.filters = 40, .kernel_size = {3, 3}}});
  result.add({.parameters = DepthwiseConv2D{.kernel_size = {7, 7}}});
  result.add({.parameters = GlobalAveragePooling2D{}});
  result.add({.parameters = cnn::Dense{.units = 100}});
  return result;
}

std::vector<float> values_of(const Network& network, std::size_t layer, std::size_t variable) {
  const auto values = network.layer(layer).variables[variable].value.data<float>();
  return {values.begin(), values.end()};
}

// Uniform in [-limit, limit): nearly reaches both ends, and has the mean and variance.
void check_uniform(const std::vector<float>& values, double limit) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  CHECK(*low >= -limit * (1 + 1e-6));
  CHECK(*high <= limit * (1 + 1e-6));
  double sum = 0, squares = 0;
  for (float value : values) {
    sum += value;
    squares += double{value} * value;
  }
  const auto count = static_cast<double>(values.size());
  const double deviation = limit / std::sqrt(3.0);
  CHECK(std::abs(sum / count) < 4 * deviation / std::sqrt(count));
  CHECK(squares / count == Approx(deviation * deviation).epsilon(4 / std::sqrt(count)));
}

}  // namespace

TEST_CASE("kernels are Glorot uniform with the fans of Keras") {
  Network filled = network();
  initialize_zero_kernels(filled, 7);
  check_uniform(values_of(filled, 1, 0), std::sqrt(6.0 / (5 * 3 * (16 + 24))));
  check_uniform(values_of(filled, 3, 0), std::sqrt(6.0 / (3 * 3 * (24 + 1))));  // depthwise
  check_uniform(values_of(filled, 3, 1), std::sqrt(6.0 / (24 + 40)));           // pointwise
  check_uniform(values_of(filled, 4, 0), std::sqrt(6.0 / (7 * 7 * (40 + 1))));
  check_uniform(values_of(filled, 6, 0), std::sqrt(6.0 / (40 + 100)));
}

TEST_CASE(
    "biases and normalizations keep Keras' start values, and kernels that were given theirs") {
  Network filled = network();
  set_variable(filled, 1, "kernel", [] {
    akida::Dense kernel(DType::kF32, {5, 3, 16, 24});
    kernel.data<float>()[3] = 1;
    return kernel;
  }());
  const auto given = values_of(filled, 1, 0);
  initialize_zero_kernels(filled, 7);
  CHECK(values_of(filled, 1, 0) == given);
  CHECK(values_of(filled, 1, 1) == std::vector<float>(24, 0));
  CHECK(values_of(filled, 2, 0) == std::vector<float>(24, 1));
  CHECK(values_of(filled, 2, 1) == std::vector<float>(24, 0));
  CHECK(values_of(filled, 2, 3) == std::vector<float>(24, 1));
}

TEST_CASE("a layer's weights follow from the seed and its own place alone") {
  Network filled = network(), other = network(), longer = network();
  longer.add({.parameters = cnn::Dense{.units = 3}});
  initialize_zero_kernels(filled, 7);
  initialize_zero_kernels(other, 8);
  initialize_zero_kernels(longer, 7);
  CHECK(values_of(filled, 6, 0) == values_of(longer, 6, 0));
  CHECK(values_of(filled, 6, 0) != values_of(other, 6, 0));
  CHECK(values_of(longer, 7, 0)[0] != values_of(longer, 6, 0)[0]);
}
