// The annotations of WIDER FACE: one text file for all images.
//
// Per image a line with its path, a line with the number n of its faces, and n lines of numbers
// that begin with x y width height. Where n is 0 a line of zeros may follow.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "data/boxes/box_image.h"
#include "data/lines.h"

namespace akida::data {

class WiderFaceReader {
 public:
  explicit WiderFaceReader(std::unique_ptr<io::ByteSource> source);

  // The next image: `path` and `id` are as written, all boxes are of class 0. Throws kFormat naming
  // file and line, also for a path that leads out of its folder.
  [[nodiscard]] std::optional<AnnotatedImage> next();

  // See LineReader::share.
  [[nodiscard]] std::optional<double> share() const { return lines_.share(); }

 private:
  [[nodiscard]] bool next_line(std::string_view& line);
  [[nodiscard]] io::Box read_box();

  LineReader lines_;
  std::string kept_;  // a line that was read too early
  bool has_kept_ = false;
};

// The images of the file `annotations` below the folder `images`, or in the archive `images` and in
// its order, below whatever other folders.
[[nodiscard]] std::unique_ptr<SampleSource> open_widerface(const std::string& annotations,
                                                           const std::string& images,
                                                           BoxImageOptions samples);

}  // namespace akida::data
