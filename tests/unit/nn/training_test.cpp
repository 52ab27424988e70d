#include "nn/training.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "cnn/blocks.h"
#include "cnn/initializers.h"
#include "nn/checkpoint.h"

using namespace akida;
using namespace akida::nn;
using Catch::Matchers::Contains;

namespace {

constexpr std::int32_t kSide = 8, kClasses = 3;

// Images with one bright row, column or both: the class.
SampleSet lines(std::size_t count, std::uint32_t stream, double noise = 20) {
  Random random(11, stream);
  io::Batch batch{.size = count};
  batch.dense = Dense(DType::kU8, {static_cast<std::int64_t>(count), kSide, kSide, 1});
  auto pixels = batch.dense.data<std::uint8_t>();
  for (std::size_t i = 0; i < count; ++i) {
    const auto kind = static_cast<std::int32_t>(random.below(kClasses));
    batch.classes.push_back(kind);
    const std::uint32_t row = random.below(kSide), column = random.below(kSide);
    for (std::uint32_t y = 0; y < kSide; ++y) {
      for (std::uint32_t x = 0; x < kSide; ++x) {
        const bool bright = (kind != 1 && y == row) || (kind != 0 && x == column);
        const double value = (bright ? 200 : 40) + noise * random.normal();
        pixels[(i * kSide + y) * kSide + x] =
            static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
      }
    }
  }
  SampleSet set(
      {.shape = {.width = kSide, .height = kSide, .channels = 1}, .labels = io::LabelKind::kClass},
      "lines");
  set.append(std::move(batch));
  return set;
}

cnn::Network network(std::uint64_t seed = 1) {
  cnn::Network result;
  result.info.scaling_a = 255;
  result.add({.parameters = cnn::Input{{kSide, kSide, 1}}});
  cnn::conv_block(result, "c1",
                  {.filters = 6, .kernel_size = {3, 3}, .padding = cnn::Padding::kSame},
                  {.pooling = cnn::BlockPooling::kMax, .add_batchnorm = true});
  // Moving averages that follow within the few steps of a test.
  result.set_parameters(result.find("c1_BN"), cnn::BatchNormalization{.momentum = 0.8F});
  result.add({.name = "flat", .parameters = cnn::Flatten{}});
  result.add({.name = "drop", .parameters = cnn::Dropout{0.2F}});
  result.add({.name = "fc",
              .parameters = cnn::Dense{.units = kClasses, .kernel_regularizer = {.l2 = 1e-4F}}});
  result.add({.name = "softmax", .parameters = cnn::Softmax{}});
  cnn::initialize_zero_kernels(result, seed);
  return result;
}

TrainingOptions quick() {
  TrainingOptions options;
  options.schedule = {.type = ScheduleType::kCosine, .rate = 0.01};
  options.epochs = 4;
  options.batch_size = 16;
  options.jobs = 1;
  return options;
}

void run(Training& training) {
  while (!training.finished()) (void)training.run_epoch();
}

// What a training of `options` leaves.
TrainingState trained(const TrainingOptions& options, const SampleSet& samples,
                      const SampleSet* validation = nullptr) {
  Training training(network(), options, all_of(samples),
                    validation == nullptr ? SampleSubset{} : all_of(*validation));
  run(training);
  return training.state();
}

bool same(const TrainingState& a, const TrainingState& b) {
  return encode_checkpoint({{}, a}) == encode_checkpoint({{}, b});
}

}  // namespace

TEST_CASE("a small network learns what a line is") {
  const SampleSet samples = lines(300, 0), others = lines(200, 1);
  const TrainingState state = trained(quick(), samples, &others);
  REQUIRE(state.epochs.size() == 4);
  CHECK(state.epochs[3].training.loss < state.epochs[0].training.loss);
  CHECK(state.epochs[3].validation->metric > 0.9);
  CHECK(state.steps == 4 * 19);
  CHECK(state.epochs[3].learning_rate == Approx(0.005 * (1 + std::cos(M_PI * 75 / 76))));
}

TEST_CASE(
    "a measure sees the network after every so many epochs and the last, and changes nothing") {
  const SampleSet samples = lines(60, 0), others = lines(20, 1);
  TrainingOptions options = quick();
  options.epochs = 5;
  const TrainingState plain = trained(options, samples, &others);
  std::vector<cnn::Network> seen;
  options.validation_measure = {
      .every = 2, .measure = [&](const cnn::Network& net, const SampleSubset& set) {
        seen.push_back(net);
        return Measured{static_cast<double>(set.size() + seen.size()), {}};
      }};
  const TrainingState state = trained(options, samples, &others);
  CHECK(state.network == plain.network);
  REQUIRE(seen.size() == 3);
  CHECK(seen[2] == state.network);
  CHECK_FALSE(seen[1] == state.network);
  CHECK_FALSE(state.epochs[0].measured);
  CHECK(state.epochs[1].measured->mean == 21);
  CHECK(state.epochs[3].measured->mean == 22);
  CHECK(state.epochs[4].measured->mean == 23);
}

TEST_CASE("results do not depend on threads, but on the seed") {
  const SampleSet samples = lines(100, 0);
  TrainingOptions options = quick();
  options.augmentation = {.flip = true, .shift = 0.2, .noise = 10};
  const TrainingState one = trained(options, samples);
  options.jobs = 3;
  CHECK(same(trained(options, samples), one));
  options.seed = 1;
  CHECK_FALSE(same(trained(options, samples), one));
}

TEST_CASE("a training goes on from any epoch as if it had never stopped") {
  const SampleSet samples = lines(100, 0), others = lines(50, 1);
  TrainingOptions options = quick();
  options.augmentation = {.shift = 0.2};
  options.patience = 2;
  options.optimizer.type = GENERATE(OptimizerType::kAdam, OptimizerType::kSgd);
  const TrainingState whole = trained(options, samples, &others);
  for (std::size_t stop = 1; stop < whole.epochs.size(); ++stop) {
    Training first(network(), options, all_of(samples), all_of(others));
    for (std::size_t i = 0; i < stop; ++i) (void)first.run_epoch();
    const auto bytes = encode_checkpoint({{}, first.state()});
    Training second(network(2), options, all_of(samples), all_of(others));
    second.restore(decode_checkpoint(bytes).state);
    run(second);
    CHECK(same(second.state(), whole));
  }
}

TEST_CASE("patience ends with the best network, some epochs after it") {
  const SampleSet samples = lines(40, 0, 120), others = lines(60, 1, 120);
  TrainingOptions options = quick();
  options.schedule = {.rate = 0.02};
  options.epochs = 60;
  options.patience = 3;
  Training training(network(), options, all_of(samples), all_of(others));
  run(training);
  const TrainingState& state = training.state();
  const auto best = std::ranges::min_element(
      state.epochs, {}, [](const EpochRecord& epoch) { return epoch.validation->loss; });
  REQUIRE(state.epochs.size() < 60);
  CHECK(state.best_epoch == 1 + (best - state.epochs.begin()));
  CHECK(state.epochs.size() == state.best_epoch + 3);
  options.epochs = state.best_epoch;
  CHECK(training.result() == trained(options, samples, &others).network);
}

TEST_CASE("frozen layers keep every variable, moving averages too") {
  const SampleSet samples = lines(100, 0);
  TrainingOptions options = quick();
  options.freeze_before = "fc";
  const cnn::Network before = network();
  const TrainingState state = trained(options, samples);
  for (std::size_t i = 0; i < before.layers().size(); ++i) {
    const bool kept = before.layer(i).variables == state.network.layer(i).variables;
    CHECK(kept == (before.layer(i).name != "fc"));
  }
  options.freeze_before = "fcc";
  CHECK_THROWS_WITH(trained(options, samples), Contains("fcc"));
  options.freeze_before = "softmax";
  CHECK_THROWS_WITH(trained(options, samples), Contains("softmax"));
}

TEST_CASE("gamma stays at or above its limit") {
  const SampleSet samples = lines(100, 0);
  cnn::Network limited = network();
  const std::size_t layer = limited.find("c1_BN");
  limited.set_parameters(layer, cnn::BatchNormalization{.min_gamma = 0.999F});
  Training training(limited, quick(), all_of(samples), {});
  run(training);
  const auto gamma = training.result().layer(layer).variables[0].value.data<float>();
  CHECK(*std::ranges::min_element(gamma) == 0.999F);
}

TEST_CASE("distillation mixes two losses: all labels is plain training, none follows the teacher") {
  const SampleSet samples = lines(200, 0), others = lines(100, 1);
  TrainingOptions options = quick();
  const cnn::Network teacher = trained(options, samples).network;
  const TrainingState plain = trained(options, others);
  options.distillation = {.teacher = &teacher, .temperature = 4, .alpha = 1};
  CHECK(same(trained(options, others), plain));

  options.distillation.alpha = 0;
  options.epochs = 8;
  const TrainingState student = trained(options, others, &samples);
  CHECK(student.epochs.back().validation->metric > 0.75);  // a third by chance

  cnn::Network wide = network();
  wide.pop_layer();
  wide.add({.name = "more", .parameters = cnn::Dense{.units = 5}});
  options.distillation.teacher = &wide;
  CHECK_THROWS_WITH(trained(options, others),
                    "the teacher's outputs (5,) are not the student's (3,)");
}

TEST_CASE("a detector learns where the box is") {
  // One bright square of 4 x 4 pixels on 16 x 16: a grid of 4 x 4 cells and one anchor.
  Random random(3);
  constexpr std::int64_t kCount = 128;
  io::Batch batch{.size = kCount};
  batch.dense = Dense(DType::kU8, {kCount, 16, 16, 1});
  auto pixels = batch.dense.data<std::uint8_t>();
  for (std::uint32_t i = 0; i < kCount; ++i) {
    const std::uint32_t top = random.below(13), left = random.below(13);
    for (std::uint32_t y = top; y < top + 4; ++y) {
      for (std::uint32_t x = left; x < left + 4; ++x) pixels[(i * 16 + y) * 16 + x] = 255;
    }
    const auto x1 = static_cast<float>(left), y1 = static_cast<float>(top);
    batch.boxes.push_back({.boxes = {{.x1 = x1, .y1 = y1, .x2 = x1 + 4, .y2 = y1 + 4}}});
  }
  SampleSet samples(
      {.shape = {.width = 16, .height = 16, .channels = 1}, .labels = io::LabelKind::kBoxes});
  samples.append(std::move(batch));

  cnn::Network detector;
  detector.info.scaling_a = 255;
  detector.info.anchors = {1, 1};
  detector.add({.parameters = cnn::Input{{16, 16, 1}}});
  const auto convolve = [&](std::int32_t filters, std::int32_t stride) {
    detector.add({.parameters = cnn::Conv2D{.filters = filters,
                                            .kernel_size = {5, 5},
                                            .strides = {stride, stride},
                                            .padding = cnn::Padding::kSame}});
  };
  convolve(12, 2);
  detector.add({.parameters = cnn::ReLU{}});
  convolve(16, 2);
  detector.add({.parameters = cnn::ReLU{}});
  convolve(6, 1);
  cnn::initialize_zero_kernels(detector, 1);

  TrainingOptions options = quick();
  options.loss = LossType::kYolo;
  options.schedule = {.rate = 0.003};
  options.epochs = 25;
  Training training(detector, options, all_of(samples), {});
  run(training);
  const auto& epochs = training.state().epochs;
  CHECK(epochs.back().training.loss < 0.3 * epochs.front().training.loss);
  CHECK(training.metric() == MetricType::kNone);
}

TEST_CASE("a loss that is not finite stops the training, naming epoch, step and layer") {
  const SampleSet samples = lines(64, 0);
  TrainingOptions options = quick();
  options.optimizer.type = OptimizerType::kSgd;
  options.schedule = {.rate = 1e25};
  Training training(network(), options, all_of(samples), {});
  CHECK_THROWS_WITH(training.run_epoch(), Contains("epoch 1, step ") && Contains(": layer '"));
  CHECK(training.state().epochs.empty());
  CHECK(training.state().network == network());
}

TEST_CASE("samples and options that do not fit are refused before any work") {
  const SampleSet samples = lines(10, 0);
  const SampleSet none(samples.header(), "none");
  const auto start = [&](const TrainingOptions& options, const SampleSet& from) {
    Training(network(), options, all_of(from), {});
  };
  CHECK_THROWS_WITH(start(quick(), none), "there are no samples to learn from");
  TrainingOptions options = quick();
  options.loss = LossType::kYolo;
  CHECK_THROWS_WITH(start(options, samples),
                    "lines: the samples have class labels, which loss yolo cannot use");
  options = quick();
  options.batch_size = 0;
  CHECK_THROWS_WITH(start(options, samples), "batch size 0 is outside 1..1048576");
  SampleSet wide(
      {.shape = {.width = 9, .height = kSide, .channels = 1}, .labels = io::LabelKind::kClass},
      "wide");
  wide.append({.size = 1, .classes = {0}, .dense = Dense(DType::kU8, {1, kSide, 9, 1})});
  CHECK_THROWS_WITH(start(quick(), wide),
                    "wide: samples of (8, 9, 1) do not fit the network's input (8, 8, 1)");
  CHECK_THROWS_WITH(Training(network(), quick(), all_of(samples), all_of(wide)),
                    Contains("wide: samples of (8, 9, 1)"));
  Training training(network(), quick(), all_of(samples), {});
  TrainingState other;
  other.network = cnn::Network();
  CHECK_THROWS_WITH(training.restore(other), "the state belongs to a network of other layers");
}
