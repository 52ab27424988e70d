// akida-data import imagenet SRC... - ImageNet as TFRecord files.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "akida-data/image_options.h"
#include "akida-data/import_options.h"
#include "akida-data/import_verbs.h"
#include "base/error.h"
#include "common/shared_options.h"
#include "data/images/imagenet.h"

namespace akida::data_tool {
namespace {

struct ImagenetVerbOptions {
  ImportOptions common;
  std::vector<std::string> paths;
  std::string size = "224";
  std::string filter;
  data::ImagenetOptions imagenet;
};

void add_options(cli::CommandLine& line, ImagenetVerbOptions& options) {
  data::ImagenetOptions& imagenet = options.imagenet;
  cli::add_inputs(line, options.paths, "SRC");
  add_size(line, options.size);
  line.option("--size").show_default();
  line.add_option("--filter", options.filter, "How to resize, as of import images (default legacy)")
      .one_of({"antialias", "area", "bilinear", "legacy"});
  cli::Option training =
      line.add_flag("--training", imagenet.training,
                    "Training files of a folder, random parts, mirrored at random");
  line.add_flag("--colours", imagenet.colours, "Also change brightness and saturation at random")
      .needs(training);
  cli::add_seed(line, imagenet.seed).needs(training);
  line.add_option("--epochs", imagenet.epochs, "Go through the files N times, always anew")
      .type_name("N")
      .range(1, 1000000)
      .needs(training);
  line.add_option("--shuffle-buffer", imagenet.shuffle_buffer,
                  "Draw every sample from a buffer of N records")
      .type_name("N")
      .range(std::size_t{1}, data::kMaxShuffleBuffer)
      .needs(training);
  line.add_option("--interleave", imagenet.interleave, "Read N files in turn")
      .type_name("N")
      .range(std::size_t{1}, data::kMaxInterleave);
  add_drop_remainder(line, imagenet.batch);
  cli::add_jobs(line, imagenet.jobs);
  add_import_options(line, options.common);
}

int run(ImagenetVerbOptions& options) {
  cli::require_one_standard_input(options.paths);
  if (options.imagenet.epochs > 1 && std::ranges::count(options.paths, "-") > 0) {
    fail(ErrorKind::kUsage, "--epochs: standard input can be read only once");
  }
  const data::Size size = parse_size(options.size);
  options.imagenet.width = size.width;
  options.imagenet.height = size.height;
  options.imagenet.filter = parse_filter(options.filter).value_or(data::ResizeFilter::kLegacy);
  options.imagenet.class_names = class_names_of(options.common);
  const auto source = data::open_imagenet(options.paths, options.imagenet);
  return write_stream(options.common, *source);
}

}  // namespace

cli::Command import_imagenet_verb() {
  const auto options = std::make_shared<ImagenetVerbOptions>();
  return {
      .name = "imagenet",
      .purpose = "Import ImageNet from TFRecord files, as the documented preprocessing does.",
      .examples =
          "akida-data import imagenet --jobs 0 tfrecords -o validation.aks\n"
          "akida-data import imagenet --training --seed 1 --shuffle-buffer 10000 --interleave 10 "
          "tfrecords | akida-data show\n",
      .add_options = [options](cli::CommandLine& line) { add_options(line, *options); },
      .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
