#include "engine/learner.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

#include "base/random.h"
#include "engine/learning.h"

using namespace akida;
using namespace akida::engine;

namespace {

// A learning layer with every choice drawn at random; small enough for plain loops.
struct Setup {
  Shape input;
  bool convolutional = false;
  snn::Convolution convolution;
  std::int32_t neurons = 1;
  CompileOptions compile;
};

Setup random_setup(Random& random) {
  const auto pick = [&](std::uint32_t low, std::uint32_t high) {
    return static_cast<std::int32_t>(low + random.below(high - low + 1));
  };
  Setup setup;
  setup.input = {.width = pick(1, 6), .height = pick(1, 6), .channels = pick(1, 4)};
  setup.convolutional = random.below(2) == 0;
  std::int32_t connections = static_cast<std::int32_t>(setup.input.size());
  if (setup.convolutional) {
    setup.convolution = {.kernel_width = pick(1, 4),
                         .kernel_height = pick(1, 4),
                         .stride_x = pick(1, 3),
                         .stride_y = pick(1, 3),
                         .mode = static_cast<snn::ConvolutionMode>(random.below(3))};
    if (setup.convolution.mode == snn::ConvolutionMode::kValid) {
      setup.input.width = std::max(setup.input.width, setup.convolution.kernel_width);
      setup.input.height = std::max(setup.input.height, setup.convolution.kernel_height);
    }
    connections =
        setup.convolution.kernel_width * setup.convolution.kernel_height * setup.input.channels;
  }
  const std::int32_t classes = pick(1, 4);
  setup.neurons = classes * pick(1, 5);
  setup.compile = {.num_weights = pick(1, static_cast<std::uint32_t>(connections)),
                   .num_classes = classes,
                   .initial_plasticity = random.below(4) == 0 ? 0.5 : 1.0,
                   .learning_competition = random.below(2) == 0 ? 0.0 : 0.1 * pick(1, 5),
                   .min_plasticity = random.below(8) == 0 ? 0.0 : 0.1,
                   .plasticity_decay = random.below(2) == 0 ? 0.25 : 0.1,
                   .rule = static_cast<snn::LearningRule>(random.below(2)),
                   .seed = random.next()};
  return setup;
}

snn::Model build(const Setup& setup) {
  snn::Model model;
  model.add({.parameters = snn::InputData{setup.input, 1}});
  if (setup.convolutional) {
    model.add({.parameters = snn::Convolutional{.num_neurons = setup.neurons,
                                                .convolution = setup.convolution,
                                                .activation = {.enabled = false}}});
  } else {
    model.add({.parameters = snn::FullyConnected{.num_neurons = setup.neurons,
                                                 .activation = {.enabled = false}}});
  }
  compile(model, setup.compile);
  return model;
}

// The rule once more, from its definition, over bits in nested loops. Shares only the random
// number generator with the library.
class Reference {
 public:
  Reference(const Setup& setup, std::uint32_t layer_index) : s_(setup), layer_(layer_index) {
    kernel_w_ = s_.convolutional ? s_.convolution.kernel_width : s_.input.width;
    kernel_h_ = s_.convolutional ? s_.convolution.kernel_height : s_.input.height;
    if (s_.convolutional) {
      place(s_.input.width, kernel_w_, s_.convolution.stride_x, out_w_, pad_x_);
      place(s_.input.height, kernel_h_, s_.convolution.stride_y, out_h_, pad_y_);
    }
    connections_ = kernel_w_ * kernel_h_ * s_.input.channels;
    for (int k = 0; k < s_.neurons; ++k) {
      std::vector<int> order(static_cast<std::size_t>(connections_));
      for (int i = 0; i < connections_; ++i) order[static_cast<std::size_t>(i)] = i;
      Random random(s_.compile.seed, layer_, static_cast<std::uint32_t>(k), 0);
      shuffle_front(order, s_.compile.num_weights, random);
      std::vector<bool> bits(static_cast<std::size_t>(connections_));
      for (int i = 0; i < s_.compile.num_weights; ++i) {
        bits[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = true;
      }
      ones.push_back(bits);
      plasticity.push_back(s_.compile.initial_plasticity);
    }
    threshold.resize(ones.size());
    events.resize(ones.size());
    count.resize(ones.size());
  }

  // `input` is [height][width][channels].
  LearnResult learn(const std::vector<bool>& input, int label, bool labelled) {
    const int n = static_cast<int>(std::count(input.begin(), input.end(), true));
    potentials.clear();
    for (int y = 0; y < out_h_; ++y) {
      for (int x = 0; x < out_w_; ++x) {
        for (int k = 0; k < s_.neurons; ++k) potentials.push_back(potential(input, k, y, x));
      }
    }
    const int classes = s_.compile.num_classes;
    if (labelled && (label < 0 || label >= classes)) return LearnResult::kDiscarded;
    const auto in_group = [&](int k) { return !labelled || k / (s_.neurons / classes) == label; };

    int winner = -1, winner_place = 0, highest = 0;
    for (int place = 0; place < out_h_ * out_w_; ++place) {
      for (int k = 0; k < s_.neurons; ++k) {
        const int p = best(k);
        if (!in_group(k) || !candidate(k, p, n) || at(place, k) != p || p <= highest) continue;
        winner = k;
        winner_place = place;
        highest = p;
      }
    }
    if (winner < 0) return LearnResult::kUnanswered;
    for (int j = 0; j < s_.neurons && s_.compile.learning_competition > 0; ++j) {
      const int memory = threshold[static_cast<std::size_t>(j)];
      const double limit = (1.0 - s_.compile.learning_competition) * memory;
      if (in_group(j) && j != winner && memory > 0 && best(j) > highest && best(j) > limit) {
        return LearnResult::kUnanswered;
      }
    }
    step(input, winner, winner_place, highest, n);
    return LearnResult::kLearned;
  }

  std::vector<std::vector<bool>> ones;  // [neuron][flat connection]
  std::vector<double> plasticity;
  std::vector<int> threshold;
  std::vector<int> events;
  std::vector<int> count;
  std::vector<int> potentials;

 private:
  void place(int in, int kernel, int stride, int& out, int& pad) const {
    switch (s_.convolution.mode) {
      case snn::ConvolutionMode::kValid:
        out = (in - kernel) / stride + 1;
        pad = 0;
        break;
      case snn::ConvolutionMode::kSame:
        out = (in + stride - 1) / stride;
        pad = std::max((out - 1) * stride + kernel - in, 0) / 2;
        break;
      case snn::ConvolutionMode::kFull:
        out = (in + kernel - 2) / stride + 1;
        pad = kernel - 1;
        break;
    }
  }

  static void shuffle_front(std::vector<int>& values, int moves, Random& random) {
    for (int i = 0; i < moves; ++i) {
      const auto size = static_cast<std::uint32_t>(values.size());
      const std::uint32_t other =
          static_cast<std::uint32_t>(i) + random.below(size - static_cast<std::uint32_t>(i));
      std::swap(values[static_cast<std::size_t>(i)], values[other]);
    }
  }

  // Where flat connection i of the window at (y, x) reads the input; -1: outside.
  int input_of(int i, int y, int x) const {
    const int channels = s_.input.channels;
    int in_x = 0, in_y = 0, c = 0;
    if (s_.convolutional) {  // stored [kernel_width][kernel_height][channels], flipped
      c = i % channels;
      in_y = y * s_.convolution.stride_y - pad_y_ + kernel_h_ - 1 - i / channels % kernel_h_;
      in_x = x * s_.convolution.stride_x - pad_x_ + kernel_w_ - 1 - i / channels / kernel_h_;
    } else {  // (c * height + y) * width + x
      in_x = i % kernel_w_;
      in_y = i / kernel_w_ % kernel_h_;
      c = i / kernel_w_ / kernel_h_;
    }
    if (in_x < 0 || in_x >= s_.input.width || in_y < 0 || in_y >= s_.input.height) return -1;
    return (in_y * s_.input.width + in_x) * channels + c;
  }

  int potential(const std::vector<bool>& input, int k, int y, int x) const {
    int sum = 0;
    for (int i = 0; i < connections_; ++i) {
      const int from = input_of(i, y, x);
      if (from < 0 || !input[static_cast<std::size_t>(from)]) continue;
      sum += ones[static_cast<std::size_t>(k)][static_cast<std::size_t>(i)];
    }
    return sum;
  }

  int at(int place, int k) const {
    return potentials[static_cast<std::size_t>(place * s_.neurons + k)];
  }

  int best(int k) const {
    int highest = 0;
    for (int place = 0; place < out_h_ * out_w_; ++place) highest = std::max(highest, at(place, k));
    return highest;
  }

  bool candidate(int k, int p, int n) const {
    const auto index = static_cast<std::size_t>(k);
    if (p == 0 || plasticity[index] == 0) return false;
    if (threshold[index] == 0) return true;
    if (s_.compile.rule == snn::LearningRule::kPlain) return p > threshold[index];
    return std::int64_t{p} * p * events[index] >
           std::int64_t{threshold[index]} * threshold[index] * n;
  }

  void step(const std::vector<bool>& input, int k, int place, int p, int n) {
    const auto index = static_cast<std::size_t>(k);
    std::vector<int> silent, missed;
    for (int i = 0; i < connections_; ++i) {
      const int from = input_of(i, place / out_w_, place % out_w_);
      if (from < 0) continue;
      const bool active = input[static_cast<std::size_t>(from)];
      const bool one = ones[index][static_cast<std::size_t>(i)];
      if (one && !active) silent.push_back(i);
      if (!one && active) missed.push_back(i);
    }
    const double share = plasticity[index] * static_cast<double>(silent.size());
    const int moves =
        std::min(static_cast<int>(std::floor(share + 0.5)), static_cast<int>(missed.size()));
    ++count[index];
    Random random(s_.compile.seed, layer_, static_cast<std::uint32_t>(k),
                  static_cast<std::uint32_t>(count[index]));
    shuffle_front(silent, moves, random);
    shuffle_front(missed, moves, random);
    for (int i = 0; i < moves; ++i) {
      ones[index][static_cast<std::size_t>(silent[static_cast<std::size_t>(i)])] = false;
      ones[index][static_cast<std::size_t>(missed[static_cast<std::size_t>(i)])] = true;
    }
    threshold[index] = p;
    events[index] = n;
    plasticity[index] =
        std::max(s_.compile.min_plasticity,
                 plasticity[index] - s_.compile.plasticity_decay * s_.compile.initial_plasticity);
  }

  Setup s_;
  std::uint32_t layer_;
  int kernel_w_, kernel_h_, connections_;
  int out_w_ = 1, out_h_ = 1, pad_x_ = 0, pad_y_ = 0;
};

// Names the first thing in which layer and reference differ; empty when nothing does.
std::string difference(const snn::Model& model, const Reference& reference) {
  const snn::Layer& layer = model.layers().back();
  const auto weights = layer.variables.weights.data<std::int8_t>();
  const std::size_t neurons = reference.ones.size();
  for (std::size_t k = 0; k < neurons; ++k) {
    for (std::size_t i = 0; i < reference.ones[k].size(); ++i) {
      if ((weights[i * neurons + k] != 0) != reference.ones[k][i]) {
        return fmt::format("weight {} of neuron {}", i, k);
      }
    }
    const snn::Learning& learning = *layer.learning;
    if (learning.plasticity[k] != reference.plasticity[k]) return "plasticity";
    if (learning.threshold_learning[k] != reference.threshold[k]) return "threshold_learning";
    if (learning.learning_events[k] != static_cast<std::uint32_t>(reference.events[k])) {
      return "learning_events";
    }
    if (learning.learning_count[k] != static_cast<std::uint64_t>(reference.count[k])) {
      return "learning_count";
    }
  }
  return {};
}

std::vector<bool> random_input(const Shape& shape, Random& random) {
  // Few patterns with noise, so that neurons meet samples they know.
  Random pattern(random.below(3), 99);
  std::vector<bool> input;
  for (std::int64_t i = 0; i < shape.size(); ++i) {
    input.push_back((pattern.below(3) == 0) != (random.below(12) == 0));
  }
  return input;
}

std::vector<std::uint32_t> events_of(const std::vector<bool>& input) {
  std::vector<std::uint32_t> events;
  for (std::uint32_t i = 0; i < input.size(); ++i) {
    if (input[i]) events.push_back(i);
  }
  return events;
}

// A FullyConnected layer on `inputs` inputs with the given ones per neuron.
snn::Model hand_made(std::int32_t inputs, const std::vector<std::vector<int>>& ones,
                     const CompileOptions& options) {
  snn::Model model;
  model.add({.parameters = snn::InputData{{inputs, 1, 1}, 1}});
  const auto neurons = static_cast<std::int32_t>(ones.size());
  model.add({.parameters = snn::FullyConnected{.num_neurons = neurons}});
  compile(model, options);
  Dense& weights = model.variables(1).weights;
  weights = Dense(DType::kI8, weights.dims());
  for (std::size_t k = 0; k < ones.size(); ++k) {
    for (int input : ones[k]) {
      weights.data<std::int8_t>()[static_cast<std::size_t>(input) * ones.size() + k] = 1;
    }
  }
  snn::validate_variables(model.layer(1));
  return model;
}

}  // namespace

TEST_CASE("every learning step equals the rule written as plain loops") {
  constexpr int kSetups = 600, kSamples = 25;
  int learned = 0, unanswered = 0;
  for (std::uint64_t seed = 0; seed < kSetups; ++seed) {
    Random random(seed, 1);
    const Setup setup = random_setup(random);
    snn::Model model = build(setup);
    Learner learner(model);
    Reference reference(setup, 1);
    std::vector<std::int32_t> potentials(learner.output_size());
    for (int sample = 0; sample < kSamples; ++sample) {
      const std::vector<bool> input = random_input(setup.input, random);
      const bool labelled = random.below(3) != 0;
      const auto label = static_cast<std::int32_t>(random.below(6)) - 1;
      const LearnResult expected = reference.learn(input, label, labelled);
      const LearnResult result = learner.learn(
          events_of(input), labelled ? std::optional(label) : std::nullopt, potentials);
      learned += result == LearnResult::kLearned;
      unanswered += result == LearnResult::kUnanswered;
      std::string fault = difference(model, reference);
      if (result != expected) fault = "result";
      if (!std::equal(potentials.begin(), potentials.end(), reference.potentials.begin(),
                      reference.potentials.end())) {
        fault = "potentials";
      }
      if (!fault.empty()) FAIL("seed " << seed << " sample " << sample << ": " << fault);
    }
    REQUIRE_NOTHROW(snn::validate_variables(model.layer(1)));  // as many ones as ever
  }
  CHECK(learned > kSetups);
  CHECK(unanswered > kSetups);
}

TEST_CASE("potentials do not overflow where hundreds of events meet one neuron") {
  std::vector<int> all(2000);
  std::vector<std::uint32_t> events;
  for (int i = 0; i < 2000; ++i) {
    all[static_cast<std::size_t>(i)] = i;
    events.push_back(static_cast<std::uint32_t>(i));
  }
  snn::Model model = hand_made(2000, {all}, {.num_weights = 2000});
  std::vector<std::int32_t> potentials(1);
  for (std::size_t count : {254U, 255U, 256U, 510U, 511U, 2000U}) {
    Learner(model).learn(std::span(events).first(count), -1, potentials);
    CHECK(potentials[0] == static_cast<std::int32_t>(count));
  }
}

TEST_CASE("a label outside the classes gives potentials and changes nothing") {
  snn::Model model =
      hand_made(6, {{0, 1}, {2, 3}}, {.num_weights = 2, .num_classes = 2, .seed = 3});
  const snn::Model before = model;
  Learner learner(model);
  std::vector<std::int32_t> potentials(2);
  const std::vector<std::uint32_t> events = {1, 2, 3};
  for (std::int32_t label : {-1, 2, 100}) {
    CHECK(learner.learn(events, label, potentials) == LearnResult::kDiscarded);
    CHECK(potentials == std::vector<std::int32_t>{1, 2});
  }
  CHECK(model == before);
}

TEST_CASE("a first sample is learned below any firing threshold, and returned as it was") {
  snn::Model model = hand_made(8, {{0, 1, 2}}, {.num_weights = 3});
  Learner learner(model);
  std::vector<std::int32_t> potentials(1);
  const std::vector<std::uint32_t> events = {2, 4, 5, 6};
  CHECK(learner.learn(events, std::nullopt, potentials) == LearnResult::kLearned);
  CHECK(potentials[0] == 1);
  // Full plasticity moves both unused ones onto events; the memory is the potential before.
  CHECK(model.learning()->threshold_learning[0] == 1);
  CHECK(model.learning()->learning_events[0] == 4);
  CHECK(model.learning()->plasticity[0] == 0.75);
  CHECK(learner.learn(events, std::nullopt, potentials) == LearnResult::kLearned);
  CHECK(potentials[0] == 3);
  // Nothing is unused any more, and the same sample does not exceed the memory again.
  CHECK(learner.learn(events, std::nullopt, potentials) == LearnResult::kUnanswered);
}

TEST_CASE("the relative rule weighs a potential by the size of the sample") {
  for (bool plain : {false, true}) {
    snn::Model model =
        hand_made(12, {{0, 1, 2, 3}},
                  {.num_weights = 4,
                   .rule = plain ? snn::LearningRule::kPlain : snn::LearningRule::kRelative});
    model.learning()->threshold_learning[0] = 2;
    model.learning()->learning_events[0] = 4;
    std::vector<std::int32_t> potentials(1);
    // 3 of 9 events: 3^2 * 4 = 2^2 * 9, no candidate; as plain numbers 3 > 2.
    const std::vector<std::uint32_t> nine = {0, 1, 2, 4, 5, 6, 7, 8, 9};
    CHECK(Learner(model).learn(nine, std::nullopt, potentials) ==
          (plain ? LearnResult::kLearned : LearnResult::kUnanswered));
  }
}

TEST_CASE("competition lets a neuron that nearly matches keep others from learning") {
  // Neuron 0 remembers 4 of 4 and meets 3 of them again; neuron 1 is fresh and meets 2.
  const auto learn = [](double competition) {
    snn::Model model = hand_made(
        12, {{0, 1, 2, 3}, {3, 4, 5, 6}},
        {.num_weights = 4, .learning_competition = competition, .rule = snn::LearningRule::kPlain});
    model.learning()->threshold_learning[0] = 4;
    model.learning()->learning_events[0] = 4;
    std::vector<std::int32_t> potentials(2);
    const std::vector<std::uint32_t> events = {1, 2, 3, 4};
    return Learner(model).learn(events, std::nullopt, potentials);
  };
  CHECK(learn(0.0) == LearnResult::kLearned);
  CHECK(learn(0.25) == LearnResult::kLearned);  // 3 > 0.75 * 4 is false
  CHECK(learn(0.3) == LearnResult::kUnanswered);
}

TEST_CASE("thresholds are compared exactly where the squares leave 64 bits") {
  // p = 2^22 of n = 2^23 events, then p = 2^22 of 2^22: 2^44 * 2^23 > 2^44 * 2^22.
  constexpr std::int32_t kOnes = 1 << 22;
  snn::Model model;
  model.add({.parameters = snn::InputData{{4096, 2048, 1}, 1}});
  model.add({.parameters = snn::FullyConnected{.num_neurons = 1}});
  compile(model, {.num_weights = kOnes});
  const auto weights = model.layer(1).variables.weights.data<std::int8_t>();
  std::vector<std::uint32_t> all, ones;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    all.push_back(i);
    if (weights[i] != 0) ones.push_back(i);
  }
  Learner learner(model);
  std::vector<std::int32_t> potentials(1);
  CHECK(learner.learn(all, std::nullopt, potentials) == LearnResult::kLearned);
  CHECK(learner.learn(ones, std::nullopt, potentials) == LearnResult::kLearned);
  CHECK(potentials[0] == kOnes);
  CHECK(learner.learn(all, std::nullopt, potentials) == LearnResult::kUnanswered);
}

TEST_CASE("a layer that is not compiled cannot learn") {
  snn::Model model;
  CHECK_THROWS_WITH(Learner(model), "the model has no layers");
  model.add({.parameters = snn::InputData{{2, 2, 1}, 1}});
  model.add({.name = "fc", .parameters = snn::FullyConnected{.num_neurons = 2}});
  CHECK_THROWS_WITH(Learner(model), "layer 'fc' is not compiled for learning");
}
