// akida-data import imagenet SRC... - ImageNet as TFRecord files.
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
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
  std::string shard;
  bool grey = false;
  std::optional<std::size_t> shuffle_buffer;
  std::optional<std::size_t> interleave;
  data::ImagenetOptions imagenet;
};

// As documented for training.
constexpr std::size_t kTrainingBuffer = 10000;
constexpr std::size_t kTrainingInterleave = 10;

// "I/N"
void parse_shard(const std::string& text, data::ImagenetOptions& imagenet) {
  const char* const end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, imagenet.shard);
  const bool begun = error == std::errc() && slash != end && *slash == '/';
  if (begun) {
    const auto [last, wrong] = std::from_chars(slash + 1, end, imagenet.shards);
    if (wrong == std::errc() && last == end && imagenet.shard < imagenet.shards) return;
  }
  fail(ErrorKind::kUsage, "--shard '{}' is not of the form I/N with 0 <= I < N", text);
}

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
  line.add_option("--shuffle-buffer", options.shuffle_buffer,
                  "Draw every sample from a buffer of N records (default 10000, 1: keep the order)")
      .type_name("N")
      .range(std::size_t{1}, data::kMaxShuffleBuffer)
      .needs(training);
  line.add_option("--interleave", options.interleave,
                  "Read N files in turn (default 1, with --training 10)")
      .type_name("N")
      .range(std::size_t{1}, data::kMaxInterleave);
  line.add_option("--shard", options.shard, "Take every Nth file, from the one numbered I (0..N-1)")
      .type_name("I/N");
  line.add_flag("--grey", options.grey, "Make all images grey; default: three channels");
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
  data::ImagenetOptions& imagenet = options.imagenet;
  if (!options.shard.empty()) parse_shard(options.shard, imagenet);
  imagenet.channels = options.grey ? 1 : 3;
  imagenet.shuffle_buffer =
      options.shuffle_buffer.value_or(imagenet.training ? kTrainingBuffer : 1);
  imagenet.interleave = options.interleave.value_or(imagenet.training ? kTrainingInterleave : 1);
  imagenet.width = size.width;
  imagenet.height = size.height;
  imagenet.filter = parse_filter(options.filter).value_or(data::ResizeFilter::kLegacy);
  imagenet.class_names = class_names_of(options.common);
  const auto source = data::open_imagenet(options.paths, options.imagenet);
  return write_stream(options.common, *source);
}

}  // namespace

cli::Command import_imagenet_verb() {
  const auto options = std::make_shared<ImagenetVerbOptions>();
  return {.name = "imagenet",
          .purpose = "Import ImageNet from TFRecord files, as the documented preprocessing does.",
          .examples =
              "akida-data import imagenet tfrecords -o validation.aks\n"
              "akida-data import imagenet --training --seed 1 tfrecords | akida-data show\n",
          .add_options = [options](cli::CommandLine& line) { add_options(line, *options); },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
