#include "engine/learning.h"

#include <catch2/catch.hpp>
#include <optional>

#include "base/log.h"
#include "base/random.h"
#include "codec/model_file.h"
#include "engine/learner.h"

using namespace akida;
using namespace akida::engine;

namespace {

// 4x3x2 binary inputs and a last layer of `neurons`.
snn::Model fully_connected(std::int32_t neurons) {
  snn::Model model;
  model.add({.parameters = snn::InputData{{4, 3, 2}, 1}});
  model.add({.name = "fc", .parameters = snn::FullyConnected{.num_neurons = neurons}});
  return model;
}

snn::Model convolutional(std::int32_t neurons) {
  snn::Model model;
  model.add({.parameters = snn::InputData{{6, 5, 2}, 1}});
  model.add({.name = "conv",
             .parameters = snn::Convolutional{
                 .num_neurons = neurons,
                 .convolution = {.kernel_width = 3, .kernel_height = 2},
                 .activation = {.threshold_fire = 2, .threshold_fire_bits = 4}}});
  return model;
}

// `samples` random samples, labels 0..classes-1.
void learn(snn::Model& model, std::uint64_t seed, int samples, std::int32_t classes) {
  Random random(seed);
  Learner learner(model);
  std::vector<std::int32_t> potentials(learner.output_size());
  const auto inputs = static_cast<std::uint32_t>(model.input_shape().size());
  for (int sample = 0; sample < samples; ++sample) {
    std::vector<std::uint32_t> events;
    for (std::uint32_t i = 0; i < inputs; ++i) {
      if (random.below(3) == 0) events.push_back(i);
    }
    std::optional<std::int32_t> label;
    if (classes > 0)
      label = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(classes)));
    learner.learn(events, label, potentials);
  }
}

std::vector<std::string> warnings_of(const std::function<void()>& action) {
  std::vector<std::string> warnings;
  set_log_callback([&](LogLevel, std::string_view message) { warnings.emplace_back(message); });
  action();
  set_log_callback([](LogLevel, std::string_view) {});
  return warnings;
}

}  // namespace

TEST_CASE("compile gives every neuron num_weights random ones and no memory") {
  snn::Model model = fully_connected(50);
  compile(model, {.num_weights = 7, .num_classes = 10, .initial_plasticity = 0.75, .seed = 5});
  const snn::Layer& layer = model.layer(1);
  CHECK_NOTHROW(snn::validate_variables(layer));  // counts the ones
  CHECK(layer.learning->plasticity == std::vector<double>(50, 0.75));
  CHECK(layer.learning->threshold_learning == std::vector<std::int32_t>(50, 0));
  CHECK(layer.learning->learning_count == std::vector<std::uint64_t>(50, 0));

  // 350 ones over 24 inputs: about 15 each, none without.
  const auto weights = layer.variables.weights.data<std::int8_t>();
  for (std::size_t input = 0; input < 24; ++input) {
    int ones = 0;
    for (std::size_t neuron = 0; neuron < 50; ++neuron) ones += weights[input * 50 + neuron];
    CHECK(ones > 2);
    CHECK(ones < 30);
  }
  snn::Model same = fully_connected(50), other = fully_connected(50);
  compile(same, {.num_weights = 7, .num_classes = 10, .initial_plasticity = 0.75, .seed = 5});
  compile(other, {.num_weights = 7, .num_classes = 10, .initial_plasticity = 0.75, .seed = 6});
  CHECK(same == model);
  CHECK_FALSE(other == model);
}

TEST_CASE("compile starts afresh on a layer that has learned") {
  snn::Model model = fully_connected(6);
  compile(model, {.num_weights = 5});
  const snn::Model fresh = model;
  learn(model, 1, 20, 0);
  CHECK_FALSE(model == fresh);
  compile(model, {.num_weights = 5});
  CHECK(model == fresh);
}

TEST_CASE("compile refuses layers that cannot learn and values out of range") {
  snn::Model empty;
  CHECK_THROWS_WITH(compile(empty, {}), "the model has no layers");
  snn::Model input_only;
  input_only.add({.name = "in", .parameters = snn::InputData{{2, 2, 1}, 1}});
  CHECK_THROWS_WITH(compile(input_only, {}), Catch::Contains("InputData cannot learn"));

  snn::Model wide_inputs;
  wide_inputs.add({.parameters = snn::InputData{{2, 2, 1}, 4}});
  wide_inputs.add({.name = "fc", .parameters = snn::FullyConnected{.num_neurons = 2}});
  CHECK_THROWS_WITH(compile(wide_inputs, {}), Catch::Contains("inputs of 1 bit"));

  snn::Model wide_weights;
  wide_weights.add({.parameters = snn::InputData{{2, 2, 1}, 1}});
  wide_weights.add({.parameters = snn::FullyConnected{.num_neurons = 2, .weights_bits = 2}});
  CHECK_THROWS_WITH(compile(wide_weights, {}), Catch::Contains("weights_bits 1"));

  snn::Model pooled;
  pooled.add({.parameters = snn::InputData{{4, 4, 1}, 1}});
  pooled.add({.parameters = snn::Convolutional{
                  .num_neurons = 2,
                  .pooling = {.type = snn::PoolingType::kMax, .width = 2, .height = 2}}});
  CHECK_THROWS_WITH(compile(pooled, {}), Catch::Contains("no pooling"));

  snn::Model model = fully_connected(6);
  const snn::Model before = model;
  CHECK_THROWS_WITH(compile(model, {.num_weights = 25}),
                    "layer 'fc': num_weights 25 is outside 1..24, a neuron's connections");
  CHECK_THROWS_WITH(compile(model, {.num_weights = 0}), Catch::Contains("outside 1..24"));
  CHECK_THROWS_WITH(compile(model, {.num_weights = 3, .num_classes = 4}),
                    Catch::Contains("6 neurons cannot be divided into 4 classes"));
  CHECK_THROWS_WITH(compile(model, {.num_weights = 3, .learning_competition = 1.5}),
                    Catch::Contains("learning_competition 1.5 is outside 0..1"));
  CHECK(model == before);
}

TEST_CASE("compile warns of more ones than half of the connections") {
  snn::Model model = fully_connected(2);
  CHECK(warnings_of([&] { compile(model, {.num_weights = 12}); }).empty());
  CHECK(warnings_of([&] { compile(model, {.num_weights = 13}); }) ==
        std::vector<std::string>{
            "layer 'fc': num_weights 13 is above half of a neuron's 24 connections"});
}

TEST_CASE("adding classes gives what a larger compile would have given") {
  for (auto make : {fully_connected, convolutional}) {
    snn::Model grown = make(6), large = make(10);
    compile(grown, {.num_weights = 4, .num_classes = 3, .seed = 9});
    compile(large, {.num_weights = 4, .num_classes = 5, .seed = 9});
    add_classes(grown, 2);
    CHECK(grown == large);
  }
}

TEST_CASE("classes added between samples leave what was learned, and learn on as if always there") {
  for (auto make : {fully_connected, convolutional}) {
    snn::Model grown = make(6), large = make(8);
    compile(grown, {.num_weights = 4, .num_classes = 3, .seed = 9});
    compile(large, {.num_weights = 4, .num_classes = 4, .seed = 9});
    learn(grown, 1, 40, 3);
    learn(large, 1, 40, 3);
    add_classes(grown, 1);
    CHECK(grown == large);
    learn(grown, 2, 40, 4);
    learn(large, 2, 40, 4);
    CHECK(grown == large);
  }
}

TEST_CASE("add_classes refuses layers without learning and too many neurons") {
  snn::Model model = fully_connected(6);
  CHECK_THROWS_WITH(add_classes(model, 1), "layer 'fc' is not compiled for learning");
  compile(model, {.num_weights = 4, .num_classes = 3});
  CHECK_THROWS_WITH(add_classes(model, 0), Catch::Contains("0 added classes"));
  CHECK_THROWS_WITH(add_classes(model, 40000), Catch::Contains("outside 1..32765"));
}

TEST_CASE("learning goes on after encoding and decoding as if nothing had happened") {
  for (auto make : {fully_connected, convolutional}) {
    for (std::int32_t classes : {0, 2}) {
      snn::Model whole = make(6);
      compile(whole, {.num_weights = 4, .num_classes = 2, .learning_competition = 0.1, .seed = 4});
      snn::Model halves = whole;
      learn(whole, 1, 30, classes);
      learn(whole, 2, 30, classes);
      learn(halves, 1, 30, classes);
      halves = codec::decode_model(codec::encode_model(halves));
      learn(halves, 2, 30, classes);
      CHECK(halves == whole);
    }
  }
}

TEST_CASE("the histogram counts neurons by the share of ones they last matched") {
  snn::Model model = fully_connected(5);
  CHECK_THROWS_WITH(learning_histogram(model.layer(1)), "layer 'fc' is not compiled for learning");
  compile(model, {.num_weights = 7});
  CHECK(learning_histogram(model.layer(1)) == std::vector<HistogramBin>{{0, 5}});
  model.learning()->threshold_learning = {0, 7, 3, 3, 5};
  CHECK(learning_histogram(model.layer(1)) ==
        std::vector<HistogramBin>{{0, 1}, {42, 2}, {71, 1}, {100, 1}});
}
