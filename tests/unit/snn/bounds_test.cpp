#include "snn/bounds.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/random.h"

using namespace akida;
using namespace akida::snn;

namespace {

void randomize(Dense& weights, Random& random) {
  for (auto& weight : weights.data<std::int8_t>()) {
    weight = static_cast<std::int8_t>(static_cast<int>(random.below(3)) - 1);
  }
}

}  // namespace

TEST_CASE("the range of a fully connected potential is reached by some input and never left") {
  Random random(3);
  Model model;
  model.add({.parameters = InputData{{.width = 3, .height = 2, .channels = 1}, 2}});
  Layer layer{.parameters = FullyConnected{.num_neurons = 4, .weights_bits = 2}};
  layer.variables.weights = Dense(DType::kI8, {1, 1, 6, 4});
  randomize(layer.variables.weights, random);
  model.add(layer);
  const auto weights = model.layer(1).variables.weights.data<std::int8_t>();
  std::vector<Range> seen(4);
  for (int input = 0; input < 4096; ++input) {  // every input of six 2-bit values
    for (std::size_t neuron = 0; neuron < 4; ++neuron) {
      std::int64_t potential = 0;
      for (std::size_t i = 0; i < 6; ++i)
        potential += weights[i * 4 + neuron] * (input >> (2 * i) & 3);
      seen[neuron].low = std::min(seen[neuron].low, potential);
      seen[neuron].high = std::max(seen[neuron].high, potential);
    }
  }
  CHECK(potential_ranges(model)[1] == seen);
}

TEST_CASE("a separable range contains every extreme of both stages") {
  Model model;
  model.add({.parameters = InputData{{.width = 1, .height = 1, .channels = 2}, 4}});
  Layer layer{.parameters = SeparableConvolutional{.num_neurons = 1, .weights_bits = 4}};
  layer.variables.weights = Dense::from<std::int8_t>(std::vector<std::int8_t>{7, -2}, {1, 1, 2, 1});
  layer.variables.weights_pw =
      Dense::from<std::int8_t>(std::vector<std::int8_t>{3, 5}, {1, 1, 2, 1});
  model.add(layer);
  CHECK(depthwise_ranges(model.layer(1)) == std::vector<Range>{{0, 105}, {-30, 0}});
  CHECK(potential_ranges(model)[1] == std::vector<Range>{{-150, 315}});
}

TEST_CASE("average pooling multiplies the range by its window") {
  Model model;
  model.add({.parameters = InputData{{.width = 4, .height = 4, .channels = 1}, 1}});
  Layer layer{.parameters =
                  Convolutional{.pooling = {.type = PoolingType::kAverage, .width = 2, .height = 3},
                                .activation = {.enabled = false}}};
  layer.variables.weights = Dense::from<std::int8_t>(std::vector<std::int8_t>{1}, {1, 1, 1, 1});
  model.add(layer);
  CHECK(potential_ranges(model)[1] == std::vector<Range>{{0, 6}});
  CHECK(model.layer(1).variables.scale == std::vector<double>{1.0 / 6});
}

TEST_CASE("a bound past int32 is an error that names layer and bound") {
  Model model;
  model.add({.parameters = InputData{{.width = 300, .height = 300, .channels = 1}, 8}});
  Layer layer{.name = "wide", .parameters = FullyConnected{.num_neurons = 1, .weights_bits = 8}};
  layer.variables.weights = Dense(DType::kI8, {1, 1, 90000, 1});
  std::ranges::fill(layer.variables.weights.data<std::int8_t>(), std::int8_t{127});
  model.add(layer);
  CHECK_THROWS_WITH(int32_potential_ranges(model),
                    "layer 'wide': neuron 0 can reach 0..2914650000, outside int32");
}

TEST_CASE(
    "nested Concats of potentials have the ranges of what they join, in time linear in layers") {
  Model model;
  model.add({.parameters = InputData{{.width = 1, .height = 1, .channels = 1}, 2}});
  for (const std::int8_t weight : {std::int8_t{3}, std::int8_t{-2}}) {
    Layer layer{.inbounds = {0},
                .parameters = FullyConnected{
                    .num_neurons = 1, .weights_bits = 3, .activation = {.enabled = false}}};
    layer.variables.weights =
        Dense::from<std::int8_t>(std::vector<std::int8_t>{weight}, {1, 1, 1, 1});
    model.add(layer);
  }
  model.add({.inbounds = {2, 1}, .parameters = Concat{.activation = {.enabled = false}}});
  const std::vector<Range> joined = {{-6, 0}, {0, 9}};
  CHECK(potential_ranges(model)[3] == joined);
  // Joining a layer with itself: a walk from every Concat to its inputs would take 2^10 steps.
  for (std::uint32_t i = 4; i < 14; ++i) {
    model.add({.inbounds = {i - 1, i - 1}, .parameters = Concat{.activation = {.enabled = false}}});
  }
  const std::vector<Range> last = potential_ranges(model).back();
  CHECK(last.size() == 2048);
  CHECK(std::vector<Range>(last.end() - 2, last.end()) == joined);
}
