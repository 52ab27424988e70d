// Average precision of detectors: how well true boxes are found, over all thresholds of the score.
//
// Sources: Everingham et al., "The PASCAL Visual Object Classes Challenge", 2010 (11-point, and
// every-point as from 2010 on); Lin et al., "Microsoft COCO", 2014 (101-point, several overlaps).
// Recalls are compared as fractions of integers, without rounding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "metrics/box.h"

namespace akida::metrics {

// How the curve of precision over recall becomes one number. Precision at a recall is the highest
// at that recall or any higher one.
enum class Interpolation : std::uint8_t {
  kElevenPoint,  // mean over the recalls 0, 0.1 .. 1
  kAllPoint,     // the area below the curve
  kCoco,         // mean over the recalls 0, 0.01 .. 1
};

// What happens to a detection whose best true box another one found already.
enum class Matching : std::uint8_t {
  kBest,      // it is wrong (PASCAL VOC)
  kBestFree,  // it may have the best one that is still free (COCO)
};

struct PrecisionOptions {
  Interpolation interpolation = Interpolation::kAllPoint;
  Matching matching = Matching::kBest;
  BoxExtent extent = BoxExtent::kContinuous;
  std::vector<double> overlaps = {0.5};  // least IoU of a match; the result is the mean over these
  std::size_t max_boxes = 0;             // the best so many of an image and, for COCO's matching,
                                         // of a class count; 0: all
};

// COCO's: overlaps 0.5, 0.55 .. 0.95, 100 boxes.
[[nodiscard]] PrecisionOptions coco_options();

struct ClassPrecision {
  std::uint64_t truths = 0;      // that are not difficult
  std::uint64_t detections = 0;  // that count: not those that hit a difficult box
  std::uint64_t found = 0;       // true boxes, at the first overlap
  std::vector<double> per_overlap;
  double average = 0;  // of per_overlap; 0 without true boxes
};

// Collects images one by one; memory grows with the number of detections alone.
class AveragePrecision {
 public:
  explicit AveragePrecision(PrecisionOptions options);

  [[nodiscard]] const PrecisionOptions& options() const { return options_; }

  // One image: its true boxes and what was found in it, in any order; equal scores keep the order
  // they come in.
  void add(std::span<const TrueBox> truth, std::span<const Detection> detections);

  // By class: all that have a true box or a detection.
  [[nodiscard]] std::map<std::int32_t, ClassPrecision> classes() const;

 private:
  enum class Outcome : std::uint8_t { kWrong, kFound, kIgnored };
  struct Ranked {
    double score;
    std::uint32_t outcomes;  // two bits per overlap
  };
  struct ClassRecord {
    std::uint64_t truths = 0;
    std::vector<Ranked> ranked;
  };

  [[nodiscard]] std::size_t hit_best(const Box& box, std::span<const TrueBox> truth,
                                     double overlap) const;
  [[nodiscard]] std::size_t hit_free(const Box& box, std::span<const TrueBox> truth, double overlap,
                                     const std::vector<bool>& taken) const;
  void match(std::span<const TrueBox> truth, std::span<const Detection> sorted, std::size_t index,
             std::vector<std::uint32_t>& outcomes) const;
  [[nodiscard]] ClassPrecision precision_of(const ClassRecord& record) const;

  PrecisionOptions options_;
  std::map<std::int32_t, ClassRecord> records_;
};

// The mean over classes that have true boxes, or over `all` classes where that is not 0, those
// without true boxes having none (as documented for the model zoo). 0 where there are none.
[[nodiscard]] double mean_average_precision(const std::map<std::int32_t, ClassPrecision>& classes,
                                            std::size_t all = 0);

}  // namespace akida::metrics
