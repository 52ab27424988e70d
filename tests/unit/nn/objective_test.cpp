#include "nn/objective.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace akida;
using namespace akida::nn;
using Catch::Matchers::Contains;

namespace {

io::StreamHeader header_with(io::LabelKind labels, std::uint32_t targets = 0) {
  return {
      .shape = {.width = 60, .height = 40, .channels = 1}, .labels = labels, .targets = targets};
}

// One sample of zeros with the given label.
SampleSet one_sample(const io::StreamHeader& header, std::int32_t class_index,
                     std::vector<float> targets = {}, std::vector<io::Box> boxes = {}) {
  SampleSet set(header);
  io::Batch batch{.size = 1, .ids = {"cat.png"}, .targets = std::move(targets)};
  if (header.labels == io::LabelKind::kClass) batch.classes = {class_index};
  if (header.labels == io::LabelKind::kBoxes) batch.boxes = {{.boxes = std::move(boxes)}};
  batch.dense = Dense(DType::kU8, {1, 40, 60, 1});
  set.append(std::move(batch));
  return set;
}

struct Case {
  LossType loss;
  std::int32_t class_index;
  std::vector<float> targets;
  std::vector<double> outputs;
  double expected_loss;
  double expected_metric;
};

}  // namespace

TEST_CASE("labels become what each loss compares with") {
  const double a = std::log(3.0), third = std::log(4.0 / 3);  // sigmoid(a) = 3/4
  const Case cases[] = {
      {LossType::kSparseCategoricalCrossentropy, 1, {}, {0, a}, third, 1},
      {LossType::kCategoricalCrossentropy, 0, {}, {0, a}, std::log(4.0), 0},
      {LossType::kCategoricalCrossentropy, 0, {0, 1}, {0, a}, third, 1},
      {LossType::kBinaryCrossentropy, 1, {}, {a}, third, 1},
      {LossType::kBinaryCrossentropy, 0, {}, {a}, std::log(4.0), 0},
      {LossType::kBinaryCrossentropy, 0, {1, 1}, {a, -a}, (third + std::log(4.0)) / 2, 0.5},
      {LossType::kSquaredHinge, 1, {}, {-1, 0.5}, 0.125, 1},
      {LossType::kSquaredHinge, 0, {}, {-1, 0.5}, (4 + 2.25) / 2, 0},
      {LossType::kSquaredHinge, 0, {}, {0.5}, 2.25, 0},
      {LossType::kMeanSquaredError, 7, {}, {5}, 4, 2},
      {LossType::kMeanSquaredError, 1, {}, {0.5, 1}, 0.125, 1},
      {LossType::kMeanAbsoluteError, 0, {2, -1}, {1, 1}, 1.5, 1.5},
  };
  for (const Case& item : cases) {
    const auto outputs = static_cast<std::int32_t>(item.outputs.size());
    const bool has_targets = !item.targets.empty();
    const Objective objective(
        item.loss,
        has_targets ? header_with(io::LabelKind::kTargets, static_cast<std::uint32_t>(outputs))
                    : header_with(io::LabelKind::kClass),
        {outputs}, {});
    std::vector<double> gradient(item.outputs.size());
    const Score score = objective.score({.class_index = item.class_index, .targets = item.targets},
                                        item.outputs, gradient);
    INFO(name_of(item.loss) << " class " << item.class_index);
    CHECK(score.loss == Approx(item.expected_loss));
    CHECK(score.metric == Approx(item.expected_metric));
  }
}

TEST_CASE("labels outside what the loss can use are refused with the sample's id") {
  const auto check = [](LossType loss, std::int32_t outputs, const SampleSet& samples) {
    Objective(loss, samples.header(), {outputs}, {}).check_labels(samples);
  };
  const auto classes = header_with(io::LabelKind::kClass);
  const auto targets = header_with(io::LabelKind::kTargets, 2);
  using enum LossType;
  CHECK_NOTHROW(check(kSparseCategoricalCrossentropy, 10, one_sample(classes, 9)));
  CHECK_THROWS_WITH(check(kSparseCategoricalCrossentropy, 10, one_sample(classes, 10)),
                    "sample 'cat.png': class 10 is outside 0..9");
  CHECK_THROWS_WITH(check(kSquaredHinge, 10, one_sample(classes, -1)),
                    "sample 'cat.png': class -1 is outside 0..9");
  CHECK_THROWS_WITH(check(kBinaryCrossentropy, 1, one_sample(classes, 2)),
                    "sample 'cat.png': class 2 is outside 0..1");
  CHECK_NOTHROW(check(kMeanAbsoluteError, 1, one_sample(classes, 91)));
  CHECK_THROWS_WITH(check(kMeanAbsoluteError, 1, one_sample(classes, -1)),
                    "sample 'cat.png': class -1 is outside 0..65535");
  CHECK_THROWS_WITH(check(kMeanAbsoluteError, 2, one_sample(targets, 0, {1, NAN})),
                    "sample 'cat.png': target nan is not finite");
  CHECK_THROWS_WITH(check(kSquaredHinge, 2, one_sample(targets, 0, {1, 0})),
                    "sample 'cat.png': target 0 is not -1 or 1");
  CHECK_THROWS_WITH(check(kCategoricalCrossentropy, 2, one_sample(targets, 0, {1.5F, 0})),
                    "sample 'cat.png': target 1.5 is not in 0..1");
}

TEST_CASE("losses refuse labels and outputs that do not suit them") {
  using enum LossType;
  const auto classes = header_with(io::LabelKind::kClass);
  CHECK_THROWS_WITH(Objective(kYolo, classes, {7, 7, 30}, {}),
                    "the samples have class labels, which loss yolo cannot use");
  CHECK_THROWS_WITH(Objective(kMeanSquaredError, header_with(io::LabelKind::kNone), {1}, {}),
                    "the samples have no labels, which loss mse cannot use");
  CHECK_THROWS_WITH(Objective(kMeanSquaredError, header_with(io::LabelKind::kTargets, 3), {2}, {}),
                    "the samples have 3 targets, the network has 2 outputs");
  CHECK_THROWS_WITH(Objective(kSparseCategoricalCrossentropy, classes, {1}, {}),
                    Contains("use binary-crossentropy"));
  CHECK_THROWS_WITH(Objective(kBinaryCrossentropy, classes, {2}, {}),
                    Contains("needs 1 output, the network has 2"));
}

TEST_CASE("detection needs anchors, a grid of outputs and classes it has") {
  const auto boxes = header_with(io::LabelKind::kBoxes);
  const float anchors[] = {1, 1, 2, 2};
  using enum LossType;
  CHECK_THROWS_WITH(Objective(kYolo, boxes, {2, 3, 14}, {}),
                    "loss yolo needs anchors, and the model has none");
  CHECK_THROWS_WITH(Objective(kYolo, boxes, {2, 3, 13}, anchors),
                    "loss yolo needs an output (height, width, 2 anchors x (5 + classes)), not "
                    "(2, 3, 13)");
  const Objective objective(kYolo, boxes, {2, 3, 14}, anchors);
  CHECK(objective.sums_over_batch());
  CHECK_THROWS_WITH(
      objective.check_labels(one_sample(boxes, 0, {}, {{.x2 = 5, .y2 = 5, .class_index = 2}})),
      "sample 'cat.png': class 2 is outside 0..1");
  // No box: the objectness of 12 anchors.
  std::vector<double> outputs(2 * 3 * 14, 0), gradient(outputs.size());
  CHECK(objective.score({}, outputs, gradient).loss == Approx(12 * 0.125));
}

TEST_CASE("the default loss follows from labels and outputs") {
  CHECK(default_loss(header_with(io::LabelKind::kClass), {10}) ==
        LossType::kSparseCategoricalCrossentropy);
  CHECK(default_loss(header_with(io::LabelKind::kClass), {1}) == LossType::kBinaryCrossentropy);
  CHECK(default_loss(header_with(io::LabelKind::kTargets, 1), {1}) == LossType::kMeanSquaredError);
  CHECK(default_loss(header_with(io::LabelKind::kBoxes), {7, 7, 30}) == LossType::kYolo);
  CHECK_THROWS_WITH(default_loss(header_with(io::LabelKind::kNone), {10}),
                    "the samples have no labels to learn from");
}
