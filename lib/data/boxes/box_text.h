// Boxes as text, one a line, in the forms that tools for scoring detectors share:
//
//   true boxes  class a b c d [difficult]
//   detections  class score a b c d
//
// in pixels, parted by blanks; a class has no blanks in its name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/bytes.h"
#include "metrics/box.h"

namespace akida::data {

enum class BoxForm : std::uint8_t {
  kCorners,  // a b c d are x1 y1 x2 y2
  kSize,     // a b c d are x1 y1 width height; x2 = x1 + width, y2 = y1 + height
};

struct NamedBox {
  std::string class_name;
  double score = 0;
  metrics::Box box;
  bool difficult = false;
};

// Throws kFormat naming file and line; at most io::kMaxBoxes lines.
[[nodiscard]] std::vector<NamedBox> read_true_boxes(std::unique_ptr<io::ByteSource> source,
                                                    BoxForm form);
[[nodiscard]] std::vector<NamedBox> read_detections(std::unique_ptr<io::ByteSource> source,
                                                    BoxForm form);

// The files of a folder whose names end in `suffix` (".txt"), sorted; not those of folders inside.
// Throws kIo.
[[nodiscard]] std::vector<std::string> files_in(const std::string& folder,
                                                const std::string& suffix);

}  // namespace akida::data
