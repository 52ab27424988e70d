#include "akida-data/box_options.h"

#include "common/number_list.h"

namespace akida::data_tool {

void add_box_options(CLI::App& app, BoxOptions& options) {
  app.add_option("--size", options.size,
                 "Width and height of the samples; images are stretched, boxes with them")
      ->required()
      ->type_name("W,H");
  app.add_flag("--grey", options.grey, "Make all images grey; default: three channels");
  app.add_option("--min-area", options.min_area,
                 "Leave out boxes that cover less than this share of their image")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("X");
  app.add_flag("--keep-empty", options.keep_empty, "Also import images without boxes");
}

data::BoxImageOptions sample_options(const BoxOptions& options) {
  const std::vector<std::int32_t> sides = cli::parse_sides("--size", options.size);
  return {.shape = {.width = sides[0], .height = sides[1], .channels = options.grey ? 1 : 3},
          .min_area = options.min_area,
          .keep_empty = options.keep_empty};
}

}  // namespace akida::data_tool
