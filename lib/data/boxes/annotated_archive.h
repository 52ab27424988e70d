// Annotated images that lie in an archive. For the imports of boxes only; not installed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "data/boxes/box_image.h"

namespace akida::data {

// The parts "b/c.jpg" and "c.jpg" of a path "a/b/c.jpg" and itself, the longest first: `find` is
// called with them until it is true.
[[nodiscard]] bool find_ending(const std::string& path,
                               const std::function<bool(const std::string&)>& find);

struct WantedImages {
  // What is known about the image of that name in the archive; nothing where it is not wanted.
  std::function<std::optional<AnnotatedImage>(const std::string& entry)> take;
  // Called after the last image, to complain of those that are missing; may be null.
  std::function<void()> finish;
};

// The images that are wanted, in the order of the archive `path`, called `name` in messages.
[[nodiscard]] AnnotatedImages images_in_archive(std::string name, const std::string& path,
                                                WantedImages wanted);

}  // namespace akida::data
