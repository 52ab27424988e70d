// What imports of images with boxes share.
#pragma once

#include <string>

#include "common/command_line.h"
#include "data/boxes/box_image.h"

namespace akida::data_tool {

struct BoxOptions {
  std::string size;     // N or W,H
  bool grey = false;    // one channel instead of three
  double min_area = 0;  // share of the image
  bool keep_empty = false;
  std::size_t batch = 1;
  int jobs = 0;
};

// --size, --grey, --min-area, --keep-empty, --drop-remainder and --jobs.
void add_box_options(cli::CommandLine& line, BoxOptions& options);

// Without class names. Throws kUsage for a size that is none.
[[nodiscard]] data::BoxImageOptions sample_options(const BoxOptions& options);

}  // namespace akida::data_tool
