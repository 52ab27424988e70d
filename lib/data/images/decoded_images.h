// Samples from encoded images, decoded on several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "data/images/encoded_images.h"
#include "data/images/image.h"
#include "data/sample_source.h"

namespace akida::data {

// What becomes of a decoded image; `index` counts the samples of the stream from 0. Called from
// several threads at once.
using ImageChange =
    std::function<Image(const Image& image, const EncodedImage& from, std::uint64_t index)>;

struct DecodingOptions {
  std::int32_t channels = 0;  // 1 grey, 3 colour, 0 as the first image
  bool upright = false;       // turned as exif_orientation says
  ImageChange change;         // null: none
  int jobs = 1;               // threads, 0 for one per processor; results do not depend on it
};

// Dense u8 samples in the order of `images`. `header` says what labels and class names the stream
// has; its shape is that of the first image, and all others must have the same. Holds a few images
// per thread. Throws kInvalid when there is no image.
[[nodiscard]] std::unique_ptr<SampleSource> decode_images(std::unique_ptr<EncodedImages> images,
                                                          io::StreamHeader header,
                                                          DecodingOptions options);

}  // namespace akida::data
