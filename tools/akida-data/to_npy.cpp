// akida-data to-npy - the samples and labels of a stream as NumPy arrays.
#include <algorithm>
#include <memory>

#include "akida-data/repeated_input.h"
#include "akida-data/verbs.h"
#include "base/checked.h"
#include "base/error.h"
#include "common/shared_options.h"
#include "io/batch.h"
#include "io/npy.h"

namespace akida::data_tool {
namespace {

struct ToNpyOptions {
  std::string input = "-";
  std::string output = "-";
  std::string labels;  // path, empty: none
  std::string axes = "nhwc";
  std::optional<bool> progress;
};

// What stands in the array's header, and the labels, which are small.
struct Contents {
  std::int64_t samples = 0;
  std::vector<std::int32_t> classes;
  std::vector<float> targets;
};

Contents contents_of(const RepeatedInput& input) {
  Contents contents;
  input.for_each_batch([&](const io::Batch& batch) {
    contents.samples += static_cast<std::int64_t>(batch.size);
    contents.classes.insert(contents.classes.end(), batch.classes.begin(), batch.classes.end());
    contents.targets.insert(contents.targets.end(), batch.targets.begin(), batch.targets.end());
  });
  return contents;
}

// Events may stand in samples far larger than their bytes.
void check_size(const io::StreamHeader& header, std::int64_t samples) {
  const std::uint64_t sample =
      static_cast<std::uint64_t>(header.shape.size()) * size_of(header.dtype);
  const std::uint64_t bytes =
      checked_mul(sample, static_cast<std::uint64_t>(samples), "array size");
  if (bytes > io::kMaxNpyBytes) {
    fail(ErrorKind::kInvalid, "array of {} bytes exceeds limit {}", bytes, io::kMaxNpyBytes);
  }
}

// [samples, height, width, channels] as [samples, width, height, channels].
Dense swap_sides(const Dense& nhwc) {
  const std::vector<std::int64_t>& dims = nhwc.dims();
  Dense nwhc(nhwc.type(), {dims[0], dims[2], dims[1], dims[3]});
  const auto height = static_cast<std::size_t>(dims[1]);
  const auto width = static_cast<std::size_t>(dims[2]);
  const std::size_t pixel = static_cast<std::size_t>(dims[3]) * size_of(nhwc.type());
  auto out = nwhc.bytes().begin();
  for (std::size_t n = 0; n < static_cast<std::size_t>(dims[0]); ++n) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t y = 0; y < height; ++y) {
        const auto from = nhwc.bytes().subspan(((n * height + y) * width + x) * pixel, pixel);
        out = std::ranges::copy(from, out).out;
      }
    }
  }
  return nwhc;
}

Dense labels_of(const Contents& contents, const RepeatedInput& input) {
  switch (input.header().labels) {
    case io::LabelKind::kClass:
      return Dense::from<std::int32_t>(contents.classes, {contents.samples});
    case io::LabelKind::kTargets:
      return Dense::from<float>(contents.targets, {contents.samples, input.header().targets});
    default:
      fail(ErrorKind::kInvalid, "{}: its labels are neither classes nor targets", input.name());
  }
}

// Events stand in samples that may be much larger than their batch, so one at a time.
void write_samples(const RepeatedInput& input, bool swapped, io::ByteSink& sink) {
  const auto write = [&](const Dense& dense) {
    sink.write(swapped ? swap_sides(dense).bytes() : dense.bytes());
  };
  input.for_each_batch([&](const io::Batch& batch) {
    if (input.header().kind == io::StreamKind::kDense) {
      write(batch.dense);
      return;
    }
    for (std::size_t i = 0; i < batch.size; ++i) {
      io::Batch sample;
      io::append(input.header(), batch, i, 1, sample);
      write(io::to_dense(input.header(), sample));
    }
  });
}

int run(const ToNpyOptions& options) {
  if (!options.labels.empty()) {
    cli::require_separate_outputs({options.output, options.labels}, {options.input});
  }
  const RepeatedInput input(options.input, options.progress);
  const Contents contents = contents_of(input);
  const Shape& shape = input.header().shape;
  check_size(input.header(), contents.samples);
  std::vector<std::unique_ptr<io::ByteSink>> sinks;
  const auto open = [&](const std::string& path) -> io::ByteSink& {
    cli::require_no_terminal(path);
    sinks.push_back(io::open_sink(path));
    return *sinks.back();
  };
  if (!options.labels.empty()) {
    const Dense labels = labels_of(contents, input);
    io::write_npy(open(options.labels), labels);
  }
  const bool swapped = options.axes == "nwhc";
  io::ByteSink& sink = open(options.output);
  io::write_npy_header(sink, input.header().dtype,
                       {contents.samples, swapped ? shape.width : shape.height,
                        swapped ? shape.height : shape.width, shape.channels});
  write_samples(input, swapped, sink);
  for (const auto& each : sinks) each->close();
  return cli::kOk;
}

}  // namespace

cli::Command to_npy_verb() {
  const auto options = std::make_shared<ToNpyOptions>();
  return {.name = "to-npy",
          .purpose = "Write the samples of a stream as one NumPy array.",
          .examples = "akida-data to-npy train.aks -o x.npy --labels y.npy\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input);
                cli::add_output(line, options->output);
                line.add_option("--labels", options->labels,
                                "File for the labels: classes [n] or targets [n, k]")
                    .type_name("FILE");
                line.add_option("--axes", options->axes,
                                "Order of axes: samples, height, width, channels or the API's "
                                "samples, width, height, channels")
                    .one_of({"nhwc", "nwhc"})
                    .show_default();
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run(*options); }};
}

}  // namespace akida::data_tool
