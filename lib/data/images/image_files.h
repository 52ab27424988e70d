// Samples from image files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/images/image_fit.h"
#include "data/sample_source.h"

namespace akida::data {

inline constexpr int kMaxAge = 150;

struct ImageFilesOptions {
  std::int32_t channels = 0;             // 1 grey, 3 colour, 0 as the first image
  std::optional<std::int32_t> label;     // of all images
  bool folder_is_class = false;          // the name of the folder an image lies in is its class
  std::vector<std::string> class_names;  // with folder_is_class, empty: the folders, sorted
  bool name_is_age = false;  // UTKFace: a name "30_1_2_2017.jpg" begins with the target, in years
  std::optional<ImageFit> fit;  // makes images of any size fit; none: all have one size already
  bool upright = false;         // turned as their EXIF orientation says
  std::size_t batch = 1;        // images at the end that fill no batch of so many are dropped
  int jobs = 1;                 // threads, 0 for one per processor
};

// Dense u8 samples, one per file; "-" is standard input. A folder stands for all images below it,
// sorted by path, an archive (archive.h) for all images in it, in its order; other files in them
// are passed over. Ids are the names of the files (with the folder where that is the class), in
// which bytes that are no UTF-8 become '?'. Without `fit` all images must have one size. Throws
// Error naming the file.
[[nodiscard]] std::unique_ptr<SampleSource> open_images(const std::vector<std::string>& paths,
                                                        ImageFilesOptions options);

}  // namespace akida::data
