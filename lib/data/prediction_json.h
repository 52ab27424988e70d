// One line of JSON predictions or detections (formats/predictions.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/sample.h"
#include "metrics/box.h"
#include "tensor/shape.h"

namespace akida::data {

struct PredictionLine {
  std::string id;
  std::optional<std::int32_t> class_index;  // none: there are values
  std::string class_name;
  Shape shape{1, 1, 1};
  std::vector<float> values;  // [height, width, channels]
  io::LabelKind labels = io::LabelKind::kNone;
  std::int32_t label_class = 0;
  std::vector<float> targets;
  io::BoxLabel boxes;
};

// The keys id, class, name, label, values; others are passed over. Throws kFormat.
[[nodiscard]] PredictionLine parse_prediction_json(std::string_view line);

// What a detector found in one image, and what is there where that is known.
struct DetectionLine {
  std::string id;
  std::vector<metrics::Detection> detections;
  std::vector<std::string> names;  // of their classes, one per detection; empty where unknown
  std::optional<std::vector<metrics::TrueBox>> truth;
};

// The keys id, boxes, label; others are passed over. Throws kFormat.
[[nodiscard]] DetectionLine parse_detection_json(std::string_view line);

}  // namespace akida::data
