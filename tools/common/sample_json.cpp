#include "common/sample_json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string>

namespace akida::cli {

using Json = nlohmann::ordered_json;

Json float_json(float value) {
  if (!std::isfinite(value)) return nullptr;
  const std::string digits = fmt::format("{}", value);
  double decimal = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), decimal);
  return decimal;
}

Json label_json(const io::StreamHeader& header, const io::Batch& batch, std::size_t index) {
  Json list = Json::array();
  switch (header.labels) {
    case io::LabelKind::kNone:
      return nullptr;
    case io::LabelKind::kClass:
      return batch.classes[index];
    case io::LabelKind::kTargets:
      for (std::size_t i = 0; i < header.targets; ++i) {
        list.push_back(float_json(batch.targets[index * header.targets + i]));
      }
      return list;
    case io::LabelKind::kBoxes:
      for (const io::Box& box : batch.boxes[index].boxes) {
        Json entry;
        for (const float side : {box.x1, box.y1, box.x2, box.y2}) {
          entry["box"].push_back(float_json(side));
        }
        entry["class"] = box.class_index;
        entry["difficult"] = box.difficult;
        list.push_back(std::move(entry));
      }
      return list;
  }
  return nullptr;
}

}  // namespace akida::cli
