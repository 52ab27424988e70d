// Images with true boxes, brought to the size that a detector takes.
#pragma once

#include <cstddef>
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
  std::string path;  // what messages call it and, without `bytes`, where it is
  std::string id;
  std::vector<std::byte> bytes;  // of the file, where it lies in an archive
  std::vector<io::Box> boxes;    // in pixels of the file's image
  std::uint64_t unwanted = 0;    // objects left out for their class,
  std::uint64_t difficult = 0;   // and because they are difficult
};

// The images of a data set, one after another.
struct AnnotatedImages {
  std::string name;                                     // what messages call them all
  std::function<std::optional<AnnotatedImage>()> next;  // nothing after the last one
  std::function<std::optional<double>()> share;         // see EncodedImages; null: not known
};

struct BoxImageOptions {
  Shape shape;                           // of the samples: width, height, 1 or 3 channels
  std::vector<std::string> class_names;  // of the boxes
  double min_area = 0;                   // share of the image that a box must cover
  bool keep_empty = false;               // also images without boxes
  std::size_t batch = 1;  // samples at the end that fill no batch of so many are dropped
  int jobs = 0;           // threads, 0 for one per processor; results do not depend on it
};

// Dense u8 samples, their content stretched as documented (ResizeFilter::kLegacy), with boxes
// scaled along. What of a box lies outside its image is cut off, and a box that does so as a whole
// left out, with a warning that counts them. Throws kInvalid where no sample is left, saying why.
[[nodiscard]] std::unique_ptr<SampleSource> open_box_images(AnnotatedImages images,
                                                            BoxImageOptions options);

}  // namespace akida::data
