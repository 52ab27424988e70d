// Samples from image files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/sample_source.h"

namespace akida::data {

struct ImageFilesOptions {
  std::int32_t channels = 0;             // 1 grey, 3 colour, 0 as the first image
  std::optional<std::int32_t> label;     // of all images
  bool folder_is_class = false;          // the name of the folder an image lies in is its class
  std::vector<std::string> class_names;  // with folder_is_class, empty: the folders, sorted
};

// Dense u8 samples, one per file; "-" is standard input. A folder stands for all images below it,
// sorted by path; other files in it are passed over. Ids are the names of the files (with the
// folder where that is the class), in which bytes that are no UTF-8 become '?'. All images must
// have one size. Throws Error naming the file.
[[nodiscard]] std::unique_ptr<SampleSource> open_images(const std::vector<std::string>& paths,
                                                        ImageFilesOptions options);

}  // namespace akida::data
