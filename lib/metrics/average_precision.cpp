#include "metrics/average_precision.h"

#include <algorithm>
#include <set>

#include "base/error.h"

namespace akida::metrics {
namespace {

constexpr std::size_t kMaxOverlaps = 16;  // whose outcomes fit one word
constexpr std::size_t kOutcomeBits = 2;
constexpr std::uint32_t kOutcomeMask = 3;
constexpr std::size_t kCocoBoxes = 100;

// A point of the curve: `found` true boxes among the `ranked` detections with the highest scores.
struct Point {
  std::uint64_t found;
  double precision;  // then the highest from here on
};

std::vector<Point> envelope(std::vector<Point> curve) {
  for (std::size_t i = curve.size(); i-- > 1;) {
    curve[i - 1].precision = std::max(curve[i - 1].precision, curve[i].precision);
  }
  return curve;
}

// Mean of the precisions at the recalls 0, 1/steps .. 1.
double mean_at_recalls(const std::vector<Point>& curve, std::uint64_t truths, std::uint64_t steps) {
  double sum = 0;
  std::size_t at = 0;
  for (std::uint64_t k = 0; k <= steps; ++k) {
    while (at < curve.size() && curve[at].found * steps < k * truths) ++at;
    if (at < curve.size()) sum += curve[at].precision;
  }
  return sum / static_cast<double>(steps + 1);
}

double area_below(const std::vector<Point>& curve, std::uint64_t truths) {
  double sum = 0;
  std::uint64_t found = 0;
  for (const Point& point : curve) {
    sum += static_cast<double>(point.found - found) / static_cast<double>(truths) * point.precision;
    found = point.found;
  }
  return sum;
}

double interpolate(Interpolation how, const std::vector<Point>& curve, std::uint64_t truths) {
  if (truths == 0) return 0;
  switch (how) {
    case Interpolation::kElevenPoint:
      return mean_at_recalls(curve, truths, 10);
    case Interpolation::kAllPoint:
      return area_below(curve, truths);
    case Interpolation::kCoco:
      return mean_at_recalls(curve, truths, 100);
  }
  return 0;
}

}  // namespace

PrecisionOptions coco_options() {
  PrecisionOptions options{.interpolation = Interpolation::kCoco,
                           .matching = Matching::kBestFree,
                           .overlaps = {},
                           .max_boxes = kCocoBoxes};
  for (int i = 10; i < 20; ++i) options.overlaps.push_back(i / 20.0);
  return options;
}

AveragePrecision::AveragePrecision(PrecisionOptions options) : options_(std::move(options)) {
  const std::size_t count = options_.overlaps.size();
  if (count < 1 || count > kMaxOverlaps) {
    fail(ErrorKind::kInvalid, "{} overlaps are outside 1..{}", count, kMaxOverlaps);
  }
  for (const double overlap : options_.overlaps) {
    if (!(overlap > 0 && overlap <= 1)) {
      fail(ErrorKind::kInvalid, "overlap {} is outside 0..1", overlap);
    }
  }
}

void AveragePrecision::add(std::span<const TrueBox> truth, std::span<const Detection> detections) {
  std::vector<Detection> sorted(detections.begin(), detections.end());
  std::ranges::stable_sort(sorted, std::ranges::greater{}, &Detection::score);
  const std::size_t most = options_.max_boxes;
  const bool per_class = options_.matching == Matching::kBestFree;
  if (most > 0 && !per_class && sorted.size() > most) sorted.resize(most);
  std::set<std::int32_t> classes;
  for (const TrueBox& box : truth) classes.insert(box.class_index);
  for (const Detection& detection : sorted) classes.insert(detection.class_index);
  for (const std::int32_t class_index : classes) {
    const auto of_class = [&](const auto& box) { return box.class_index == class_index; };
    std::vector<TrueBox> true_boxes;
    std::ranges::copy_if(truth, std::back_inserter(true_boxes), of_class);
    std::vector<Detection> found;
    std::ranges::copy_if(sorted, std::back_inserter(found), of_class);
    if (most > 0 && per_class && found.size() > most) found.resize(most);
    std::vector<std::uint32_t> outcomes(found.size(), 0);
    for (std::size_t i = 0; i < options_.overlaps.size(); ++i) {
      match(true_boxes, found, i, outcomes);
    }
    ClassRecord& record = records_[class_index];
    record.truths += static_cast<std::uint64_t>(
        std::ranges::count_if(true_boxes, [](const TrueBox& box) { return !box.difficult; }));
    for (std::size_t i = 0; i < found.size(); ++i) {
      record.ranked.push_back({found[i].score, outcomes[i]});
    }
  }
}

// The box that a detection hits, truth.size() for none: whichever it overlaps most, the first of
// equals.
std::size_t AveragePrecision::hit_best(const Box& box, std::span<const TrueBox> truth,
                                       double overlap) const {
  std::size_t best = truth.size();
  double best_iou = 0;
  for (std::size_t t = 0; t < truth.size(); ++t) {
    const double here = iou(box, truth[t].box, options_.extent);
    if (here <= best_iou) continue;
    best = t;
    best_iou = here;
  }
  return best_iou >= overlap ? best : truth.size();
}

// The same among the boxes that are still free, or else among the difficult ones; the last of
// equals.
std::size_t AveragePrecision::hit_free(const Box& box, std::span<const TrueBox> truth,
                                       double overlap, const std::vector<bool>& taken) const {
  std::size_t best = truth.size();
  for (const bool difficult : {false, true}) {
    double best_iou = overlap;
    for (std::size_t t = 0; t < truth.size(); ++t) {
      if (truth[t].difficult != difficult || taken[t]) continue;
      const double here = iou(box, truth[t].box, options_.extent);
      if (here < best_iou) continue;
      best = t;
      best_iou = here;
    }
    if (best < truth.size()) break;
  }
  return best;
}

void AveragePrecision::match(std::span<const TrueBox> truth, std::span<const Detection> sorted,
                             std::size_t index, std::vector<std::uint32_t>& outcomes) const {
  const double overlap = options_.overlaps[index];
  std::vector<bool> taken(truth.size(), false);
  for (std::size_t d = 0; d < sorted.size(); ++d) {
    const std::size_t hit = options_.matching == Matching::kBest
                                ? hit_best(sorted[d].box, truth, overlap)
                                : hit_free(sorted[d].box, truth, overlap, taken);
    Outcome outcome = Outcome::kWrong;
    if (hit < truth.size() && truth[hit].difficult) {
      outcome = Outcome::kIgnored;
    } else if (hit < truth.size() && !taken[hit]) {
      outcome = Outcome::kFound;
      taken[hit] = true;
    }
    outcomes[d] |= static_cast<std::uint32_t>(outcome) << (kOutcomeBits * index);
  }
}

ClassPrecision AveragePrecision::precision_of(const ClassRecord& record) const {
  std::vector<Ranked> ranked = record.ranked;
  std::ranges::stable_sort(ranked, std::ranges::greater{}, &Ranked::score);
  ClassPrecision result{.truths = record.truths};
  for (std::size_t i = 0; i < options_.overlaps.size(); ++i) {
    std::vector<Point> curve;
    std::uint64_t found = 0;
    for (const Ranked& detection : ranked) {
      const auto outcome =
          static_cast<Outcome>(detection.outcomes >> (kOutcomeBits * i) & kOutcomeMask);
      if (outcome == Outcome::kIgnored) continue;
      if (outcome == Outcome::kFound) ++found;
      curve.push_back({found, static_cast<double>(found) / static_cast<double>(curve.size() + 1)});
    }
    if (i == 0) {
      result.detections = curve.size();
      result.found = found;
    }
    result.per_overlap.push_back(
        interpolate(options_.interpolation, envelope(std::move(curve)), record.truths));
    result.average += result.per_overlap.back();
  }
  result.average /= static_cast<double>(options_.overlaps.size());
  return result;
}

std::map<std::int32_t, ClassPrecision> AveragePrecision::classes() const {
  std::map<std::int32_t, ClassPrecision> all;
  for (const auto& [class_index, record] : records_) all[class_index] = precision_of(record);
  return all;
}

double mean_average_precision(const std::map<std::int32_t, ClassPrecision>& classes,
                              std::size_t all) {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& [class_index, precision] : classes) {
    if (precision.truths == 0) continue;
    sum += precision.average;
    ++count;
  }
  if (all > 0) count = all;
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

}  // namespace akida::metrics
