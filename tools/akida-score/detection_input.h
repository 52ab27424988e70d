// Detections and true boxes from JSON lines, streams and folders of text files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "data/boxes/box_text.h"
#include "metrics/box.h"

namespace akida::score {

// Classes by index and by name, from files of which some know only one of the two.
class ClassTable {
 public:
  explicit ClassTable(std::vector<std::string> names = {}) : names_(std::move(names)) {}

  // The index of a named class, a new one where the name is unknown.
  [[nodiscard]] std::int32_t find(const std::string& name);

  // The index of a class whose file says both; the name decides where it is not empty.
  [[nodiscard]] std::int32_t find(std::int32_t index, const std::string& name);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;  // empty: not known
};

using TruthById = std::map<std::string, std::vector<metrics::TrueBox>>;

// The true boxes of all images: a folder of text files, one per image, whose id is the file's name
// without ".txt"; a stream with boxes as labels; or JSON lines with "label". Throws kInvalid where
// an id comes twice.
[[nodiscard]] TruthById read_truth(const std::string& path, data::BoxForm form,
                                   ClassTable& classes);

// An image's id, what was found and, where the input says so, what is there.
using OnImage =
    std::function<void(const std::string& id, std::span<const metrics::Detection> detections,
                       const std::vector<metrics::TrueBox>* truth)>;

// Calls `on_image` for every image of a folder of text files or of JSON lines, in their order.
// `names_decide`: classes are known by name alone, so detections must have names.
void read_detections(const std::string& path, data::BoxForm form, bool names_decide,
                     ClassTable& classes, const OnImage& on_image);

// Whether a folder holds the boxes.
[[nodiscard]] bool is_folder(const std::string& path);

}  // namespace akida::score
