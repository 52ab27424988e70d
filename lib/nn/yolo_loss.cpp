#include "nn/yolo_loss.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "metrics/box.h"
#include "nn/losses.h"

namespace akida::nn {
namespace {

constexpr double kObjectWeight = 5;
constexpr double kIgnoredIou = 0.6;

metrics::Box centred(double x, double y, double width, double height) {
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

std::size_t best_anchor(const YoloGrid& grid, double width, double height) {
  std::size_t best = 0;
  double best_iou = -1;
  for (std::size_t i = 0; i < grid.anchors.size() / 2; ++i) {
    const double overlap =
        metrics::iou(centred(0, 0, width, height),
                     centred(0, 0, double{grid.anchors[2 * i]}, double{grid.anchors[2 * i + 1]}));
    if (overlap > best_iou) {
      best_iou = overlap;
      best = i;
    }
  }
  return best;
}

bool same_place(const YoloTarget& a, const YoloTarget& b) {
  return a.row == b.row && a.column == b.column && a.anchor == b.anchor;
}

// One anchor of one cell: its outputs and gradients, and the box they stand for.
struct Prediction {
  std::span<const double> outputs;
  std::span<double> gradient;
  double x, y, width, height;
};

Prediction predict(const YoloGrid& grid, std::size_t row, std::size_t column, std::size_t anchor,
                   std::span<const double> outputs, std::span<double> gradient) {
  return {outputs,
          gradient,
          static_cast<double>(column) + sigmoid(outputs[0]),
          static_cast<double>(row) + sigmoid(outputs[1]),
          double{grid.anchors[2 * anchor]} * std::exp(outputs[2]),
          double{grid.anchors[2 * anchor + 1]} * std::exp(outputs[3])};
}

double slope_of_sigmoid(double logit) {
  const double value = sigmoid(logit);
  return value * (1 - value);
}

double place_loss(const Prediction& box, const YoloTarget& target) {
  const double dx = box.x - target.x, dy = box.y - target.y;
  const double dw = box.width - target.width, dh = box.height - target.height;
  box.gradient[0] = dx * slope_of_sigmoid(box.outputs[0]);
  box.gradient[1] = dy * slope_of_sigmoid(box.outputs[1]);
  box.gradient[2] = dw * box.width;
  box.gradient[3] = dh * box.height;
  return (dx * dx + dy * dy + dw * dw + dh * dh) / 2;
}

double object_loss(const Prediction& box, double wanted, double weight) {
  const double difference = sigmoid(box.outputs[4]) - wanted;
  box.gradient[4] = weight * difference * slope_of_sigmoid(box.outputs[4]);
  return weight * difference * difference / 2;
}

double class_loss(const Prediction& box, std::int32_t wanted) {
  const std::span<double> gradient = box.gradient.subspan(5);
  std::vector<double> probabilities(gradient.size());
  softmax(box.outputs.subspan(5), probabilities);
  double loss = 0, mean = 0;  // mean of the differences, weighted by the probabilities
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] = probabilities[i] - (static_cast<std::int32_t>(i) == wanted ? 1 : 0);
    loss += gradient[i] * gradient[i];
    mean += gradient[i] * probabilities[i];
  }
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] = 2 * probabilities[i] * (gradient[i] - mean);
  }
  return loss;
}

double best_iou(const Prediction& box, std::span<const YoloTarget> targets) {
  double best = 0;
  for (const YoloTarget& target : targets) {
    best = std::max(best, metrics::iou(centred(box.x, box.y, box.width, box.height),
                                       centred(target.x, target.y, target.width, target.height)));
  }
  return best;
}

double anchor_loss(const Prediction& box, const YoloTarget* target,
                   std::span<const YoloTarget> targets) {
  if (target == nullptr) {
    return best_iou(box, targets) < kIgnoredIou ? object_loss(box, 0, 1) : 0;
  }
  double loss = place_loss(box, *target);
  loss += object_loss(box, 1, kObjectWeight);
  if (box.gradient.size() > 5) loss += class_loss(box, target->class_index);
  return loss;
}

}  // namespace

std::vector<YoloTarget> yolo_targets(const YoloGrid& grid, std::span<const io::Box> boxes,
                                     std::int32_t height, std::int32_t width) {
  const double x_scale = static_cast<double>(grid.columns) / width;
  const double y_scale = static_cast<double>(grid.rows) / height;
  std::vector<YoloTarget> targets;
  for (const io::Box& box : boxes) {
    YoloTarget target;
    target.x = x_scale * (double{box.x1} + double{box.x2}) / 2;
    target.y = y_scale * (double{box.y1} + double{box.y2}) / 2;
    target.width = x_scale * (double{box.x2} - double{box.x1});
    target.height = y_scale * (double{box.y2} - double{box.y1});
    target.class_index = box.class_index;
    const bool inside =
        target.x >= 0 && target.x < grid.columns && target.y >= 0 && target.y < grid.rows;
    if (box.difficult || !inside || !(target.width > 0) || !(target.height > 0)) continue;
    target.row = static_cast<std::size_t>(target.y);
    target.column = static_cast<std::size_t>(target.x);
    target.anchor = best_anchor(grid, target.width, target.height);
    std::erase_if(targets, [&](const YoloTarget& other) { return same_place(other, target); });
    targets.push_back(target);
  }
  return targets;
}

double yolo_loss(const YoloGrid& grid, std::span<const YoloTarget> targets,
                 std::span<const double> outputs, std::span<double> gradient) {
  assert(outputs.size() == grid.outputs() && gradient.size() == grid.outputs());
  std::fill(gradient.begin(), gradient.end(), 0.0);
  const std::size_t anchors = grid.anchors.size() / 2;
  const auto values = static_cast<std::size_t>(5 + grid.classes);  // per anchor
  const auto columns = static_cast<std::size_t>(grid.columns);
  double loss = 0;
  for (std::size_t place = 0; place < outputs.size() / values; ++place) {
    const YoloTarget here{.row = place / anchors / columns,
                          .column = place / anchors % columns,
                          .anchor = place % anchors};
    const auto target = std::find_if(targets.begin(), targets.end(), [&](const YoloTarget& other) {
      return same_place(other, here);
    });
    const Prediction box =
        predict(grid, here.row, here.column, here.anchor, outputs.subspan(place * values, values),
                gradient.subspan(place * values, values));
    loss += anchor_loss(box, target == targets.end() ? nullptr : &*target, targets);
  }
  return loss;
}

}  // namespace akida::nn
