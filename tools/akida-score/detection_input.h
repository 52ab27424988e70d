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

// Classes by number and by name, from files of which some know only one of the two.
class ClassTable {
 public:
  // `names`, by number, of `file`: then these are all classes there are. None: not known yet.
  ClassTable() = default;
  ClassTable(std::vector<std::string> names, std::string file)
      : names_(std::move(names)), file_(std::move(file)) {}

  // The number of a named class; where not all classes are known, a new one for a new name. Throws
  // kInvalid for a name that is none of them.
  [[nodiscard]] std::int32_t find(const std::string& name);

  // The class of a file that goes by numbers, and may say the name as well. Throws kInvalid where
  // it has another name, or none of the names that are all.
  [[nodiscard]] std::int32_t check(std::int32_t number, const std::string& name);

  [[nodiscard]] bool is_complete() const { return !file_.empty(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;  // empty: not known
  std::string file_;                // that has all names; empty: none has
};

struct Truth {
  std::map<std::string, std::vector<metrics::TrueBox>> by_id;
  bool has_names = false;  // of classes, by which detections meet it, whatever their numbers
};

// The true boxes of all images: a folder of text files, one per image, whose id is the file's name
// without ".txt"; a stream with boxes as labels; or JSON lines with "label". A stream's names
// complete a table that is empty, else they must be in it. Throws kInvalid where an id comes twice.
[[nodiscard]] Truth read_truth(const std::string& path, data::BoxForm form, ClassTable& classes);

// An image's id, what was found and, where the input says so, what is there.
using OnImage =
    std::function<void(const std::string& id, std::span<const metrics::Detection> detections,
                       const std::vector<metrics::TrueBox>* truth)>;

// Calls `on_image` for every image of a folder of text files or of JSON lines, in their order.
// `by_name`: the truth has names, which decide where a detection has one; else numbers do, with
// which names must agree. Throws kInvalid where neither tells the class.
void read_detections(const std::string& path, data::BoxForm form, bool by_name, ClassTable& classes,
                     const OnImage& on_image);

// Whether a folder holds the boxes.
[[nodiscard]] bool is_folder(const std::string& path);

}  // namespace akida::score
