// Samples from image files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/images/image_preparation.h"
#include "data/sample_source.h"

namespace akida::data {

inline constexpr int kMaxAge = 150;

struct ImageFilesOptions {
  ImagePreparation preparation;          // without a size all images must have one already
  std::optional<std::int32_t> label;     // of all images
  bool folder_is_class = false;          // the name of the folder an image lies in is its class
  std::vector<std::string> class_names;  // with folder_is_class, empty: the folders, sorted
  bool name_is_age = false;  // UTKFace: a name "30_1_2_2017.jpg" begins with the target, in years
  bool upright = false;      // turned as their EXIF orientation says
  std::size_t batch = 1;     // images at the end that fill no batch of so many are dropped
  int jobs = 0;              // threads, 0 for one per processor
};

// Dense u8 samples, one per file; "-" is standard input. A folder stands for all images below it,
// sorted by path, an archive (archive.h) for all images in it, in its order; other files in them
// are passed over. Ids are the names of the files, of a folder or an archive the paths below it, of
// classes the folder and the name; bytes that are no UTF-8 become '?'. Throws Error naming the
// file.
[[nodiscard]] std::unique_ptr<SampleSource> open_images(const std::vector<std::string>& paths,
                                                        ImageFilesOptions options);

}  // namespace akida::data
