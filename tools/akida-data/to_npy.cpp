// akida-data to-npy - the samples and labels of a stream as NumPy arrays.
#include <algorithm>
#include <memory>

#include "akida-data/stored_stream.h"
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

std::vector<std::int64_t> dims_of(const StoredStream& stream) {
  const Shape& shape = stream.header().shape;
  return {static_cast<std::int64_t>(stream.size()), shape.height, shape.width, shape.channels};
}

// Events may stand in samples far larger than their bytes, so the array's size is checked first.
Dense samples_of(const StoredStream& stream) {
  std::uint64_t bytes = size_of(stream.header().dtype);
  for (const std::int64_t dim : dims_of(stream)) {
    bytes = checked_mul(bytes, static_cast<std::uint64_t>(dim), "array size");
  }
  if (bytes > io::kMaxNpyBytes) {
    fail(ErrorKind::kInvalid, "array of {} bytes exceeds limit {}", bytes, io::kMaxNpyBytes);
  }
  Dense all(stream.header().dtype, dims_of(stream));
  auto out = all.bytes().begin();
  for (const io::Batch& batch : stream.batches()) {
    out = std::ranges::copy(io::to_dense(stream.header(), batch).bytes(), out).out;
  }
  return all;
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

Dense labels_of(const StoredStream& stream, const std::string& name) {
  const auto size = static_cast<std::int64_t>(stream.size());
  std::vector<std::int32_t> classes;
  std::vector<float> targets;
  for (const io::Batch& batch : stream.batches()) {
    classes.insert(classes.end(), batch.classes.begin(), batch.classes.end());
    targets.insert(targets.end(), batch.targets.begin(), batch.targets.end());
  }
  switch (stream.header().labels) {
    case io::LabelKind::kClass:
      return Dense::from<std::int32_t>(classes, {size});
    case io::LabelKind::kTargets:
      return Dense::from<float>(targets, {size, stream.header().targets});
    default:
      fail(ErrorKind::kInvalid, "{}: its labels are neither classes nor targets", name);
  }
}

int run(const ToNpyOptions& options) {
  if (options.output == "-" && options.labels == "-") {
    fail(ErrorKind::kUsage, "samples and labels cannot both go to standard output");
  }
  cli::SampleInput input(options.input, options.progress);
  const StoredStream stream(input);
  Dense samples = samples_of(stream);
  if (options.axes == "nwhc") samples = swap_sides(samples);
  std::vector<std::unique_ptr<io::ByteSink>> sinks;
  const auto write = [&](const std::string& path, const Dense& array) {
    cli::require_no_terminal(path);
    sinks.push_back(io::open_sink(path));
    io::write_npy(*sinks.back(), array);
  };
  if (!options.labels.empty()) write(options.labels, labels_of(stream, input.name()));
  write(options.output, samples);
  for (const auto& sink : sinks) sink->close();
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
