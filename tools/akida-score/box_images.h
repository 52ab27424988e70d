// The images of a stream with boxes drawn into them, one file each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/stream.h"
#include "metrics/box.h"

namespace akida::score {

class BoxImages {
 public:
  // `images`: a stream of u8 images with 1 or 3 channels, one per image that is drawn, in the same
  // order; `folder` is created with the first image; `form` is png, or ppm. Throws kInvalid where
  // the stream holds others.
  BoxImages(const std::string& images, std::string folder, std::string form);

  // Draws into the next image, whose id must be `id`; boxes are in shares of it. Writes
  // <folder>/<index of the image>_<id>.<form>.
  void draw(const std::string& id, const std::vector<metrics::Detection>& detections);

 private:
  [[nodiscard]] std::string path_of(const std::string& id) const;

  std::unique_ptr<io::ByteSource> source_;
  io::StreamReader reader_;
  std::string folder_;
  std::string form_;
  io::Batch batch_;
  std::size_t taken_ = 0;  // of batch_
  std::uint64_t drawn_ = 0;
};

}  // namespace akida::score
