#include "akida-data/box_options.h"

#include "akida-data/image_options.h"
#include "common/shared_options.h"

namespace akida::data_tool {

void add_box_options(cli::CommandLine& line, BoxOptions& options) {
  add_size(line, options.size);
  line.option("--size")
      .description(
          "Width and height of the samples, or one number for both; boxes are scaled along")
      .required();
  line.add_flag("--grey", options.grey, "Make all images grey; default: three channels");
  line.add_option("--min-area", options.min_area,
                  "Leave out boxes that cover less than this share of their image")
      .range(0.0, 1.0)
      .show_default()
      .type_name("X");
  line.add_flag("--keep-empty", options.keep_empty, "Also import images without boxes");
  add_drop_remainder(line, options.batch);
  cli::add_jobs(line, options.jobs);
}

data::BoxImageOptions sample_options(const BoxOptions& options) {
  const data::Size size = parse_size(options.size);
  return {.shape = {.width = size.width, .height = size.height, .channels = options.grey ? 1 : 3},
          .min_area = options.min_area,
          .keep_empty = options.keep_empty,
          .batch = options.batch,
          .jobs = options.jobs};
}

}  // namespace akida::data_tool
