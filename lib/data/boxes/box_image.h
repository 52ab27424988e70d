// Images with true boxes, brought to the size that a detector takes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/sample_source.h"

namespace akida::data {

// An image file and what is in it.
struct AnnotatedImage {
  std::string path;
  std::string id;
  std::vector<io::Box> boxes;  // in pixels of the file's image
};

struct BoxImageOptions {
  Shape shape;                           // of the samples: width, height, 1 or 3 channels
  std::vector<std::string> class_names;  // of the boxes
  double min_area = 0;                   // share of the image that a box must cover
  bool keep_empty = false;               // also images without boxes
};

// Dense u8 samples, their content stretched as documented (ResizeFilter::kLegacy), with boxes
// scaled along. `next` gives one image after another, then nothing; `name` is what messages call
// them all.
[[nodiscard]] std::unique_ptr<SampleSource> open_box_images(
    std::string name, std::function<std::optional<AnnotatedImage>()> next, BoxImageOptions options);

}  // namespace akida::data
