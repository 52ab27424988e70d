#include "snn/random_weights.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "snn/variables.h"

using namespace akida;
using namespace akida::snn;

namespace {

Model dense_model(std::int32_t bits, std::int32_t neurons = 50) {
  Model model;
  model.add({.parameters = InputData{{.width = 10, .height = 10, .channels = 1}, 1}});
  model.add(
      {.name = "fc", .parameters = FullyConnected{.num_neurons = neurons, .weights_bits = bits}});
  return model;
}

}  // namespace

TEST_CASE("Random weights use the whole range of their bits evenly") {
  for (std::int32_t bits : {1, 2, 4, 8}) {
    Model model = dense_model(bits);
    randomize_zero_weights(model, 7);
    std::map<int, int> counts;
    for (std::int8_t value : model.layer(1).variables.weights.data<std::int8_t>()) {
      ++counts[value];
    }
    const int high = weight_limit(bits);
    const int low = bits == 1 ? 0 : -high;
    CHECK(counts.begin()->first == low);
    CHECK(counts.rbegin()->first == high);
    const double expected = 5000.0 / (high - low + 1);
    double chi_squared = 0;
    for (int value = low; value <= high; ++value) {
      chi_squared += (counts[value] - expected) * (counts[value] - expected) / expected;
    }
    // Degrees of freedom + 5 standard deviations.
    const double freedom = high - low;
    CHECK(chi_squared < freedom + 5 * std::sqrt(2 * freedom));
  }
}

TEST_CASE("Equal seeds give equal weights, other seeds and layers other weights") {
  Model first = dense_model(4), second = dense_model(4), third = dense_model(4);
  randomize_zero_weights(first, 1);
  randomize_zero_weights(second, 1);
  randomize_zero_weights(third, 2);
  CHECK(first == second);
  CHECK_FALSE(first == third);
}

TEST_CASE("Weights that were given stay") {
  Model model = dense_model(4);
  Dense given(DType::kI8, {1, 1, 100, 50});
  given.data<std::int8_t>()[17] = 3;
  set_variable(model, 1, "weights", given);
  randomize_zero_weights(model, 1);
  CHECK(get_variable(model.layer(1), "weights") == given);
}

TEST_CASE("Both kernels of a separable layer are random and differ") {
  Model model;
  model.add({.parameters = InputData{{.width = 8, .height = 8, .channels = 16}, 4}});
  model.add({.parameters =
                 SeparableConvolutional{.num_neurons = 9,
                                        .weights_bits = 4,
                                        .convolution = {.kernel_width = 3, .kernel_height = 3}}});
  randomize_zero_weights(model, 3);
  const Dense& depthwise = model.layer(1).variables.weights;
  const Dense& pointwise = model.layer(1).variables.weights_pw;
  REQUIRE(depthwise.size() == pointwise.size());
  CHECK_FALSE(
      std::equal(depthwise.bytes().begin(), depthwise.bytes().end(), pointwise.bytes().begin()));
}
