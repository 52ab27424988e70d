// Samples from encoded images, decoded on several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "data/images/encoded_images.h"
#include "data/images/image.h"
#include "data/sample_source.h"

namespace akida::data {

// An image on its way to be a sample.
struct DecodedImage {
  EncodedImage from;  // without its bytes
  Image image;
  io::BoxLabel boxes;        // where labels are boxes
  bool is_left_out = false;  // becomes no sample
};

// What becomes of a decoded image; `index` counts the images from 0, also those left out. Called
// from several threads at once.
using ImageChange = std::function<void(DecodedImage& image, std::uint64_t index)>;

struct DecodingOptions {
  bool upright = false;   // turned as exif_orientation says
  ImageChange change;     // null: none
  std::size_t batch = 1;  // samples at the end that fill no batch of so many are dropped
  int jobs = 0;           // threads, 0 for one per processor; results do not depend on it
  std::function<std::string()> why_none;  // what to say where no sample is left; null: no images
};

// Dense u8 samples in the order of `images`. `header` says what labels and class names the stream
// has; its shape is that of the first sample, and all others must have the same. Holds a few images
// per thread, and a batch. Throws kInvalid when there is no sample.
[[nodiscard]] std::unique_ptr<SampleSource> decode_images(std::unique_ptr<EncodedImages> images,
                                                          io::StreamHeader header,
                                                          DecodingOptions options);

}  // namespace akida::data
