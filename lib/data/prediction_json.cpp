#include "data/prediction_json.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "io/stream.h"

namespace akida::data {
namespace {

using Json = nlohmann::json;

Json parse_object(std::string_view line) {
  Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) fail(ErrorKind::kFormat, "no JSON");
  if (!json.is_object()) fail(ErrorKind::kFormat, "JSON, but no object");
  return json;
}

const Json& member(const Json& object, const char* key) {
  if (!object.is_object()) fail(ErrorKind::kFormat, "no object with key '{}'", key);
  const auto found = object.find(key);
  if (found == object.end()) fail(ErrorKind::kFormat, "key '{}' is missing", key);
  return *found;
}

std::string text_of(const Json& value, const char* what) {
  if (!value.is_string()) fail(ErrorKind::kFormat, "{} is no text", what);
  return value.get<std::string>();
}

std::int32_t class_of(const Json& value, const char* what) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() < io::kMaxClasses) {
    return value.get<std::int32_t>();
  }
  if (value.is_number_integer() && !value.is_number_unsigned() && value == -1) return -1;
  fail(ErrorKind::kFormat, "{} is no number in -1..{}", what, io::kMaxClasses - 1);
}

double finite(const Json& value, const char* what) {
  if (value.is_number() && std::isfinite(value.get<double>())) return value.get<double>();
  fail(ErrorKind::kFormat, "{} is no finite number", what);
}

metrics::Box corners_of(const Json& object) {
  const Json& list = member(object, "box");
  if (!list.is_array() || list.size() != 4) fail(ErrorKind::kFormat, "box is no list of 4 numbers");
  const metrics::Box box{finite(list[0], "x1"), finite(list[1], "y1"), finite(list[2], "x2"),
                         finite(list[3], "y2")};
  if (box.x1 > box.x2 || box.y1 > box.y2) {
    fail(ErrorKind::kFormat, "box [{}, {}, {}, {}] has its second corner before the first", box.x1,
         box.y1, box.x2, box.y2);
  }
  return box;
}

const Json& box_list(const Json& list, const char* what) {
  if (!list.is_array()) fail(ErrorKind::kFormat, "{} is no list of boxes", what);
  if (list.size() > io::kMaxBoxes) {
    fail(ErrorKind::kFormat, "{}: {} boxes exceed limit {}", what, list.size(), io::kMaxBoxes);
  }
  return list;
}

metrics::TrueBox true_box(const Json& object) {
  const auto difficult = object.find("difficult");
  if (difficult != object.end() && !difficult->is_boolean()) {
    fail(ErrorKind::kFormat, "difficult is neither true nor false");
  }
  return {corners_of(object), class_of(member(object, "class"), "class of a box"),
          difficult != object.end() && difficult->get<bool>()};
}

void read_label(const Json& label, PredictionLine& line) {
  if (label.is_number()) {
    line.labels = io::LabelKind::kClass;
    line.label_class = class_of(label, "label");
    return;
  }
  if (!label.is_array()) fail(ErrorKind::kFormat, "label is neither a class nor a list");
  if (label.empty() || label[0].is_object()) {
    line.labels = io::LabelKind::kBoxes;
    for (const Json& object : box_list(label, "label")) {
      const metrics::TrueBox box = true_box(object);
      line.boxes.boxes.push_back({static_cast<float>(box.box.x1), static_cast<float>(box.box.y1),
                                  static_cast<float>(box.box.x2), static_cast<float>(box.box.y2),
                                  box.class_index, box.difficult});
    }
    return;
  }
  line.labels = io::LabelKind::kTargets;
  for (const Json& target : label) {
    line.targets.push_back(target.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                            : static_cast<float>(finite(target, "target")));
  }
}

// The length of a list that must be one, within the sides of a stream.
std::int32_t side_of(const Json& list, const char* what) {
  if (!list.is_array() || list.empty() || list.size() > io::kMaxSide) {
    fail(ErrorKind::kFormat, "{} is no list of 1..{} entries", what, io::kMaxSide);
  }
  return static_cast<std::int32_t>(list.size());
}

void append_row(const Json& row, PredictionLine& line) {
  if (side_of(row, "values") != line.shape.channels) {
    fail(ErrorKind::kFormat, "values are lists of different lengths");
  }
  for (const Json& value : row) {
    line.values.push_back(value.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                          : static_cast<float>(finite(value, "value")));
  }
}

void read_values(const Json& values, PredictionLine& line) {
  (void)side_of(values, "values");
  if (!values[0].is_array()) {
    line.shape = {1, 1, side_of(values, "values")};
    append_row(values, line);
    return;
  }
  line.shape = {side_of(values[0], "values"), side_of(values, "values"),
                side_of(values[0][0], "values")};
  for (const Json& row : values) {
    if (side_of(row, "values") != line.shape.width) {
      fail(ErrorKind::kFormat, "values are lists of different lengths");
    }
    for (const Json& pixel : row) append_row(pixel, line);
  }
}

}  // namespace

PredictionLine parse_prediction_json(std::string_view text) {
  const Json json = parse_object(text);
  PredictionLine line{.id = text_of(member(json, "id"), "id")};
  if (const auto found = json.find("label"); found != json.end()) read_label(*found, line);
  if (const auto found = json.find("class"); found != json.end()) {
    line.class_index = class_of(*found, "class");
    if (const auto name = json.find("name"); name != json.end()) {
      line.class_name = text_of(*name, "name");
    }
  } else {
    read_values(member(json, "values"), line);
  }
  return line;
}

DetectionLine parse_detection_json(std::string_view text) {
  const Json json = parse_object(text);
  DetectionLine line{.id = text_of(member(json, "id"), "id")};
  for (const Json& object : box_list(member(json, "boxes"), "boxes")) {
    line.detections.push_back({corners_of(object), finite(member(object, "score"), "score"),
                               class_of(member(object, "class"), "class of a box")});
    const auto name = object.find("name");
    line.names.push_back(name == object.end() ? "" : text_of(*name, "name"));
  }
  if (const auto label = json.find("label"); label != json.end()) {
    line.truth.emplace();
    for (const Json& object : box_list(*label, "label")) line.truth->push_back(true_box(object));
  }
  return line;
}

}  // namespace akida::data
