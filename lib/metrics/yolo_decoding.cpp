#include "metrics/yolo_decoding.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace akida::metrics {
namespace {

constexpr std::size_t kBoxValues = 5;  // of one anchor, before its class logits
constexpr double kLeastLogit = -100;   // below the greatest one of the map

double sigmoid(double value) { return 1 / (1 + std::exp(-value)); }

// The scaling of all class logits of a map: x -> (x - greatest) * factor.
struct LogitScale {
  double greatest = 0;
  double factor = 1;
};

LogitScale scale_of(std::span<const float> outputs, std::size_t values) {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (i % values < kBoxValues) continue;
    least = std::min(least, double{outputs[i]});
    greatest = std::max(greatest, double{outputs[i]});
  }
  const double difference = least - greatest;
  return {greatest, difference < kLeastLogit ? kLeastLogit / difference : 1};
}

struct Candidate {
  Detection detection;
  std::vector<double> scores;  // of the classes; 0: not above the threshold
};

class Decoder {
 public:
  Decoder(const YoloMap& map, std::span<const float> outputs, const YoloThresholds& thresholds)
      : map_(map),
        thresholds_(thresholds),
        outputs_(outputs),
        values_(kBoxValues + static_cast<std::size_t>(map.classes)),
        scale_(scale_of(outputs, values_)) {}

  std::vector<Candidate> candidates() const {
    std::vector<Candidate> found;
    for (std::size_t place = 0; place < outputs_.size() / values_; ++place) {
      const std::span<const float> values = outputs_.subspan(place * values_, values_);
      Candidate candidate;
      candidate.detection.score = sigmoid(values[4]);
      candidate.scores = class_scores(values.subspan(kBoxValues), candidate.detection.score);
      const auto best = std::ranges::max_element(candidate.scores);
      if (!(*best > 0)) continue;
      candidate.detection.class_index = static_cast<std::int32_t>(best - candidate.scores.begin());
      candidate.detection.box = box_of(place, values);
      if (is_finite(candidate.detection.box)) found.push_back(std::move(candidate));
    }
    return found;
  }

 private:
  [[nodiscard]] std::vector<double> class_scores(std::span<const float> logits,
                                                 double objectness) const {
    std::vector<double> scores;
    double sum = 0;
    for (const float logit : logits) {
      scores.push_back(std::exp((logit - scale_.greatest) * scale_.factor));
      sum += scores.back();
    }
    for (double& score : scores) {
      score = objectness * score / sum;
      if (!(score > thresholds_.objectness)) score = 0;
    }
    return scores;
  }

  [[nodiscard]] Box box_of(std::size_t place, std::span<const float> values) const {
    const std::size_t anchors = map_.anchors.size() / 2;
    const std::size_t anchor = place % anchors;
    const auto columns = static_cast<std::size_t>(map_.columns);
    const double across = map_.columns;
    const double down = map_.rows;
    const double x = (static_cast<double>(place / anchors % columns) + sigmoid(values[0])) / across;
    const double y = (static_cast<double>(place / anchors / columns) + sigmoid(values[1])) / down;
    const double width = map_.anchors[2 * anchor] * std::exp(double{values[2]}) / across;
    const double height = map_.anchors[2 * anchor + 1] * std::exp(double{values[3]}) / down;
    return {std::max(x - width / 2, 0.0), std::max(y - height / 2, 0.0),
            std::min(x + width / 2, across), std::min(y + height / 2, down)};
  }

  static bool is_finite(const Box& box) {
    return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) &&
           std::isfinite(box.y2);
  }

  const YoloMap& map_;
  YoloThresholds thresholds_;
  std::span<const float> outputs_;
  std::size_t values_;  // per anchor
  LogitScale scale_;
};

// Sets the scores of boxes to 0 that overlap a better one of class `class_index`.
void suppress(std::vector<Candidate>& candidates, std::size_t class_index, double overlap) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, {}, [&](std::size_t index) { return candidates[index].scores[class_index]; });
  std::ranges::reverse(order);
  const auto wanted = static_cast<std::int32_t>(class_index);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Candidate& better = candidates[order[i]];
    if (better.scores[class_index] == 0) break;  // and so are all that follow
    if (better.detection.class_index != wanted) continue;
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      Detection& worse = candidates[order[j]].detection;
      if (worse.class_index == wanted && iou(better.detection.box, worse.box) >= overlap) {
        worse.score = 0;
      }
    }
  }
}

}  // namespace

std::int32_t yolo_classes(std::int32_t channels, std::span<const float> anchors) {
  const auto count = static_cast<std::int32_t>(anchors.size() / 2);
  if (anchors.empty() || anchors.size() % 2 != 0) {
    fail(ErrorKind::kInvalid, "{} anchor values are no (width, height) pairs", anchors.size());
  }
  const std::int32_t classes = channels / count - static_cast<std::int32_t>(kBoxValues);
  if (channels % count != 0 || classes < 1) {
    fail(ErrorKind::kInvalid, "{} channels are not {} anchors x (5 + classes)", channels, count);
  }
  return classes;
}

std::vector<Detection> decode_yolo(const YoloMap& map, std::span<const float> outputs,
                                   const YoloThresholds& thresholds) {
  assert(outputs.size() == static_cast<std::size_t>(map.rows) *
                               static_cast<std::size_t>(map.columns) * (map.anchors.size() / 2) *
                               (kBoxValues + static_cast<std::size_t>(map.classes)));
  std::vector<Candidate> candidates = Decoder(map, outputs, thresholds).candidates();
  for (std::size_t c = 0; c < static_cast<std::size_t>(map.classes); ++c) {
    suppress(candidates, c, thresholds.overlap);
  }
  std::vector<Detection> detections;
  for (const Candidate& candidate : candidates) {
    if (candidate.detection.score > thresholds.objectness) {
      detections.push_back(candidate.detection);
    }
  }
  std::ranges::stable_sort(detections, std::ranges::greater{}, &Detection::score);
  return detections;
}

void keep_best(std::vector<Detection>& detections, std::size_t count) {
  if (detections.size() > count) detections.resize(count);
}

}  // namespace akida::metrics
