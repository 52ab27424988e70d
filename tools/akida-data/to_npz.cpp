// akida-data to-npz - the point clouds of two streams in one .npz file.
#include <algorithm>
#include <memory>
#include <string>

#include "akida-data/stored_stream.h"
#include "akida-data/verbs.h"
#include "base/error.h"
#include "common/shared_options.h"
#include "data/clouds/cloud_cache.h"

namespace akida::data_tool {
namespace {

struct ToNpzOptions {
  std::string train;
  std::string test;
  std::string output = "-";
  std::optional<bool> progress;
};

data::CloudSet set_of(cli::SampleInput& input) {
  const io::StreamHeader& header = input.header();
  if (header.kind != io::StreamKind::kDense || header.dtype != DType::kF32 ||
      header.shape.channels != 3 || header.labels != io::LabelKind::kClass) {
    fail(ErrorKind::kInvalid, "{}: samples are no point clouds (f32, 3 channels) with classes",
         input.name());
  }
  const StoredStream stream(input);
  data::CloudSet set;
  set.points = Dense(DType::kF32, {static_cast<std::int64_t>(stream.size()),
                                   std::int64_t{header.shape.height} * header.shape.width, 3});
  auto out = set.points.bytes().begin();
  for (const io::Batch& batch : stream.batches()) {
    out = std::ranges::copy(batch.dense.bytes(), out).out;
    set.labels.insert(set.labels.end(), batch.classes.begin(), batch.classes.end());
  }
  return set;
}

int run(const ToNpzOptions& options) {
  cli::require_one_standard_input({options.train, options.test});
  cli::require_separate_outputs({options.output}, {options.train, options.test});
  cli::SampleInput train(options.train, options.progress);
  cli::SampleInput test(options.test, options.progress);
  if (train.header().shape != test.header().shape ||
      train.header().class_names != test.header().class_names) {
    fail(ErrorKind::kInvalid, "{}: shape or class names differ from those of {}", test.name(),
         train.name());
  }
  const data::CloudSet train_set = set_of(train);
  const data::CloudSet test_set = set_of(test);
  cli::require_no_terminal(options.output);
  const auto sink = io::open_sink(options.output);
  data::write_cloud_cache(*sink, train_set, test_set, train.header().class_names);
  sink->close();
  return cli::kOk;
}

}  // namespace

cli::Command to_npz_verb() {
  const auto options = std::make_shared<ToNpzOptions>();
  return {.name = "to-npz",
          .purpose = "Write the point clouds of two streams as one .npz file.",
          .examples = "akida-data to-npz train.aks test.aks -o ModelNet40_2048pts.npz\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->train, "TRAIN").required();
                cli::add_input(line, options->test, "TEST").required();
                cli::add_output(line, options->output);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
