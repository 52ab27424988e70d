// akida-data merge - one stream after the other.
#include <memory>

#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/sample_input.h"
#include "common/shared_options.h"

namespace akida::data_tool {
namespace {

struct MergeOptions {
  std::vector<std::string> inputs;
  StreamOutputOptions output;
  std::optional<bool> progress;
};

// Throws unless samples of both headers can stand in one stream.
void require_equal(const io::StreamHeader& first, const std::string& first_name,
                   const io::StreamHeader& header, const std::string& name) {
  const auto require = [&](bool equal, const char* what) {
    if (!equal) fail(ErrorKind::kInvalid, "{}: {} differ from those of {}", name, what, first_name);
  };
  require(header.kind == first.kind && header.dtype == first.dtype, "kind and element type");
  if (header.shape != first.shape) {
    fail(ErrorKind::kInvalid, "{}: shape {} differs from {} of {} (width, height, channels)", name,
         to_string(header.shape), to_string(first.shape), first_name);
  }
  require(header.labels == first.labels && header.targets == first.targets, "labels");
  require(header.class_names == first.class_names, "class names");
  require(header.scale == first.scale, "units (scale)");
}

int run(const MergeOptions& options) {
  cli::require_one_standard_input(options.inputs);
  cli::SampleInput first(options.inputs.front(), options.progress);
  StreamOutput output(options.output, first.header());
  io::Batch batch;
  while (first.next(batch)) output.write(batch);
  for (std::size_t i = 1; i < options.inputs.size(); ++i) {
    cli::SampleInput input(options.inputs[i], options.progress);
    require_equal(first.header(), first.name(), input.header(), input.name());
    while (input.next(batch)) output.write(batch);
  }
  output.close();
  return cli::kOk;
}

}  // namespace

cli::Command merge_verb() {
  const auto options = std::make_shared<MergeOptions>();
  return {
      .name = "merge",
      .purpose = "Write the samples of several streams of one kind, one stream after the other.",
      .examples = "akida-data merge cats.aks dogs.aks -o animals.aks\n",
      .add_options =
          [options](cli::CommandLine& line) {
            cli::add_inputs(line, options->inputs);
            add_stream_output(line, options->output);
            cli::add_progress(line, options->progress);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
