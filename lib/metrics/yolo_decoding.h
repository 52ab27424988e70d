// The boxes that the output map of a YOLOv2 detector stands for.
//
// Source: Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2017, with the thresholds and
// the suppression of the documented model zoo, whose particulars are kept:
//   - class scores are objectness times the softmax of the class logits; that softmax subtracts the
//     maximum of the whole map and, where a difference falls below -100, scales all of them to
//     begin at -100;
//   - scores not above the threshold are no scores, and boxes are kept by their objectness;
//   - a box that was suppressed still suppresses others;
//   - corners are cut at 0, above at the number of grid cells, which cuts nothing that is visible.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/box.h"

namespace akida::metrics {

// What an output map [rows, columns, anchors * (5 + classes)] means: per anchor tx, ty, tw, th, to
// and one logit per class.
struct YoloMap {
  std::int32_t rows = 0;
  std::int32_t columns = 0;
  std::vector<float> anchors;  // (width, height) pairs in grid cells
  std::int32_t classes = 0;
};

struct YoloThresholds {
  double objectness = 0.5;  // of class scores and of boxes; exceeded by what is kept
  double overlap = 0.5;     // a box that overlaps a better one of its class so much is dropped
};

// Number of classes of a map with `channels` channels. Throws kInvalid where there are no anchors,
// an odd number of values, or no number of classes, 1 at least, that fits.
[[nodiscard]] std::int32_t yolo_classes(std::int32_t channels, std::span<const float> anchors);

// The detections of one map, the highest score first, equal ones in the map's order. Boxes are in
// shares of the image, 0..1; the class is that of the highest class score and `score` the
// objectness of the box. Values that are no finite number give no box. `outputs` has
// rows * columns * anchors * (5 + classes) elements.
[[nodiscard]] std::vector<Detection> decode_yolo(const YoloMap& map, std::span<const float> outputs,
                                                 const YoloThresholds& thresholds = {});

// Keeps the `count` best ones, which come first.
void keep_best(std::vector<Detection>& detections, std::size_t count);

}  // namespace akida::metrics
