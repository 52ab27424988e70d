#include "akida-data/box_options.h"

#include "common/number_list.h"

namespace akida::data_tool {

void add_box_options(cli::CommandLine& line, BoxOptions& options) {
  line.add_option("--size", options.size,
                  "Width and height of the samples; images are stretched, boxes with them")
      .required()
      .type_name("W,H");
  line.add_flag("--grey", options.grey, "Make all images grey; default: three channels");
  line.add_option("--min-area", options.min_area,
                  "Leave out boxes that cover less than this share of their image")
      .range(0.0, 1.0)
      .show_default()
      .type_name("X");
  line.add_flag("--keep-empty", options.keep_empty, "Also import images without boxes");
}

data::BoxImageOptions sample_options(const BoxOptions& options) {
  const std::vector<std::int32_t> sides = cli::parse_sides("--size", options.size);
  return {.shape = {.width = sides[0], .height = sides[1], .channels = options.grey ? 1 : 3},
          .min_area = options.min_area,
          .keep_empty = options.keep_empty};
}

}  // namespace akida::data_tool
