#include "nn/objective.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cnn/network.h"
#include "cnn/shapes.h"
#include "io/stream.h"

namespace akida::nn {
namespace {

using LossFunction = double (*)(std::span<const double>, std::span<const double>,
                                std::span<double>);

LossFunction function_of(LossType type) {
  switch (type) {
    case LossType::kBinaryCrossentropy:
      return binary_crossentropy;
    case LossType::kSquaredHinge:
      return squared_hinge;
    case LossType::kMeanSquaredError:
      return mean_squared_error;
    case LossType::kMeanAbsoluteError:
      return mean_absolute_error;
    default:
      return categorical_crossentropy;
  }
}

bool is_crossentropy(LossType type) {
  return type == LossType::kSparseCategoricalCrossentropy ||
         type == LossType::kCategoricalCrossentropy;
}

bool is_regression(LossType type) {
  return type == LossType::kMeanSquaredError || type == LossType::kMeanAbsoluteError;
}

const char* name_of_labels(io::LabelKind kind) {
  switch (kind) {
    case io::LabelKind::kClass:
      return "class labels";
    case io::LabelKind::kTargets:
      return "float targets";
    case io::LabelKind::kBoxes:
      return "boxes";
    default:
      return "no labels";
  }
}

bool accepts(LossType type, io::LabelKind kind) {
  switch (kind) {
    case io::LabelKind::kClass:
      return type != LossType::kYolo;
    case io::LabelKind::kTargets:
      return type != LossType::kYolo && type != LossType::kSparseCategoricalCrossentropy;
    case io::LabelKind::kBoxes:
      return type == LossType::kYolo;
    default:
      return false;
  }
}

MetricType metric_of(LossType type, io::LabelKind labels, std::size_t outputs) {
  if (type == LossType::kYolo) return MetricType::kNone;
  const bool numbers = labels == io::LabelKind::kTargets || outputs == 1;
  return is_regression(type) && numbers ? MetricType::kMeanAbsoluteError : MetricType::kAccuracy;
}

YoloGrid grid_of(const cnn::Dims& output, std::span<const float> anchors) {
  if (anchors.empty()) {
    fail(ErrorKind::kInvalid, "loss yolo needs anchors, and the model has none");
  }
  const auto count = static_cast<std::int32_t>(anchors.size() / 2);
  if (output.size() != 3 || output[2] % count != 0 || output[2] / count < 5) {
    fail(ErrorKind::kInvalid,
         "loss yolo needs an output (height, width, {} anchors x (5 + classes)), not {}", count,
         cnn::to_string(output));
  }
  return {.rows = output[0],
          .columns = output[1],
          .anchors = {anchors.begin(), anchors.end()},
          .classes = output[2] / count - 5};
}

std::size_t index_of_highest(std::span<const double> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

// Share of the outputs on their targets' side: of 0 for outputs, of `middle` for targets.
double share_on_side(std::span<const double> outputs, std::span<const double> targets,
                     double middle) {
  double right = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    right += (outputs[i] > 0) == (targets[i] > middle) ? 1 : 0;
  }
  return right / static_cast<double>(outputs.size());
}

double mean_distance(std::span<const double> outputs, std::span<const double> targets) {
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) sum += std::abs(outputs[i] - targets[i]);
  return sum / static_cast<double>(outputs.size());
}

void check_class(std::int32_t index, std::int64_t classes) {
  if (index < 0 || index >= classes) {
    fail(ErrorKind::kInvalid, "class {} is outside 0..{}", index, classes - 1);
  }
}

}  // namespace

std::string_view name_of(MetricType type) {
  switch (type) {
    case MetricType::kAccuracy:
      return "accuracy";
    case MetricType::kMeanAbsoluteError:
      return "mae";
    default:
      return "";
  }
}

Objective::Objective(LossType type, const io::StreamHeader& header, const cnn::Dims& output,
                     std::span<const float> anchors)
    : type_(type),
      image_(header.shape),
      outputs_(static_cast<std::size_t>(cnn::element_count(output))),
      metric_(metric_of(type, header.labels, outputs_)) {
  if (!accepts(type, header.labels)) {
    fail(ErrorKind::kInvalid, "the samples have {}, which loss {} cannot use",
         name_of_labels(header.labels), name_of(type));
  }
  if (type == LossType::kYolo) grid_ = grid_of(output, anchors);
  if (header.labels == io::LabelKind::kTargets && header.targets != outputs_) {
    fail(ErrorKind::kInvalid, "the samples have {} targets, the network has {} outputs",
         header.targets, outputs_);
  }
  if (is_crossentropy(type) && outputs_ < 2) {
    fail(ErrorKind::kInvalid,
         "loss {} needs at least 2 outputs, the network has 1: use binary-crossentropy",
         name_of(type));
  }
  if (type == LossType::kBinaryCrossentropy && header.labels == io::LabelKind::kClass &&
      outputs_ != 1) {
    fail(ErrorKind::kInvalid, "loss {} with class labels needs 1 output, the network has {}",
         name_of(type), outputs_);
  }
}

void Objective::check_labels(const SampleSet& samples) const {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    try {
      check_label(samples.label_of(i));
    } catch (const Error& error) {
      throw error.with_context(fmt::format("sample '{}'", samples.id_of(i)));
    }
  }
}

void Objective::check_label(const Label& label) const {
  if (type_ == LossType::kYolo) {
    for (const io::Box& box : label.boxes) {
      if (grid_.classes > 0) check_class(box.class_index, grid_.classes);
    }
    return;
  }
  if (label.targets.empty()) {
    check_class(label.class_index, classes());
    return;
  }
  for (const float target : label.targets) {
    const bool fits = is_regression(type_)               ? std::isfinite(target)
                      : type_ == LossType::kSquaredHinge ? std::abs(target) == 1
                                                         : target >= 0 && target <= 1;
    if (!fits) {
      fail(ErrorKind::kInvalid, "target {} is not {}", target,
           is_regression(type_)               ? "finite"
           : type_ == LossType::kSquaredHinge ? "-1 or 1"
                                              : "in 0..1");
    }
  }
}

std::int64_t Objective::classes() const {
  if (outputs_ > 1) return static_cast<std::int64_t>(outputs_);
  return is_regression(type_) ? io::kMaxClasses : 2;
}

std::vector<double> Objective::target_vector(const Label& label) const {
  if (!label.targets.empty()) return {label.targets.begin(), label.targets.end()};
  const bool hinge = type_ == LossType::kSquaredHinge;
  if (outputs_ == 1) {
    const double value = label.class_index;
    return {hinge ? 2 * value - 1 : value};
  }
  std::vector<double> targets(outputs_, hinge ? -1.0 : 0.0);
  if (label.class_index >= 0) targets[static_cast<std::size_t>(label.class_index)] = 1;
  return targets;
}

Score Objective::score(const Label& label, std::span<const double> outputs,
                       std::span<double> gradient) const {
  if (type_ == LossType::kYolo) {
    const auto targets = yolo_targets(grid_, label.boxes, image_.height, image_.width);
    return {.loss = yolo_loss(grid_, targets, outputs, gradient)};
  }
  const std::vector<double> targets = target_vector(label);
  Score score{.loss = function_of(type_)(outputs, targets, gradient)};
  if (metric_ == MetricType::kMeanAbsoluteError) {
    score.metric = mean_distance(outputs, targets);
  } else if (type_ == LossType::kBinaryCrossentropy || outputs_ == 1) {
    score.metric = share_on_side(outputs, targets, type_ == LossType::kSquaredHinge ? 0 : 0.5);
  } else {
    score.metric = index_of_highest(outputs) == index_of_highest(targets) ? 1 : 0;
  }
  return score;
}

LossType default_loss(const io::StreamHeader& header, const cnn::Dims& output) {
  switch (header.labels) {
    case io::LabelKind::kBoxes:
      return LossType::kYolo;
    case io::LabelKind::kTargets:
      return LossType::kMeanSquaredError;
    case io::LabelKind::kClass:
      return cnn::element_count(output) == 1 ? LossType::kBinaryCrossentropy
                                             : LossType::kSparseCategoricalCrossentropy;
    default:
      fail(ErrorKind::kInvalid, "the samples have no labels to learn from");
  }
}

}  // namespace akida::nn
