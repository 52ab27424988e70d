// akida-data group-points - point clouds as the input of PointNet++.
#include <algorithm>
#include <memory>
#include <string>

#include "akida-data/stream_output.h"
#include "akida-data/verbs.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/parallel.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "data/clouds/point_groups.h"

namespace akida::data_tool {
namespace {

constexpr int kMaxCopies = 10000;

struct GroupPointsOptions {
  std::string input = "-";
  StreamOutputOptions output;
  data::GroupOptions groups;
  std::string selection = "shuffle";
  int copies = 1;
  int jobs = 0;
  std::optional<bool> progress;
};

data::PointSelection selection_of(const std::string& name) {
  return name == "farthest" ? data::PointSelection::kFarthest
         : name == "first"  ? data::PointSelection::kFirst
                            : data::PointSelection::kShuffle;
}

io::StreamHeader grouped_header(const io::StreamHeader& header, const std::string& name,
                                const data::GroupOptions& groups) {
  if (header.kind != io::StreamKind::kDense || header.dtype != DType::kF32 ||
      header.shape.channels != data::kPointFeatures) {
    fail(ErrorKind::kInvalid, "{}: samples are no point clouds (f32, {} channels)", name,
         data::kPointFeatures);
  }
  if (header.labels == io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: point clouds have no boxes", name);
  }
  io::StreamHeader grouped = header;
  grouped.dtype = DType::kU8;
  grouped.shape = data::group_shape(groups);
  return grouped;
}

// The copies of every sample of `from`, whose first one has index `first`, one after the other.
io::Batch group(const io::Batch& from, std::uint64_t first, const io::StreamHeader& header,
                const data::PointGrouper& grouper, const GroupPointsOptions& options) {
  const auto copies = static_cast<std::size_t>(options.copies);
  io::Batch to;
  to.size = from.size * copies;
  to.dense = Dense(DType::kU8, {static_cast<std::int64_t>(to.size), header.shape.height,
                                header.shape.width, header.shape.channels});
  const std::span<const float> clouds = from.dense.data<float>();
  const std::span<std::uint8_t> out = to.dense.data<std::uint8_t>();
  const std::size_t cloud_size = clouds.size() / from.size;
  const auto group_size = static_cast<std::size_t>(header.shape.size());
  parallel_for(to.size, options.jobs, [&](std::size_t i, int /*worker*/) {
    const std::size_t sample = i / copies;
    in_context(fmt::format("sample {}", first + sample), [&] {
      grouper.group(clouds.subspan(sample * cloud_size, cloud_size),
                    checked_cast<std::uint32_t>(first + sample, "index"),
                    static_cast<std::uint32_t>(i % copies),
                    out.subspan(i * group_size, group_size));
    });
  });
  const std::size_t targets = header.targets;
  for (std::size_t i = 0; i < to.size; ++i) {
    const std::size_t sample = i / copies;
    const std::size_t copy = i % copies;
    to.ids.push_back(copy == 0 ? from.ids[sample] : fmt::format("{}#{}", from.ids[sample], copy));
    if (!from.classes.empty()) to.classes.push_back(from.classes[sample]);
    const auto begin = from.targets.begin() + static_cast<std::ptrdiff_t>(sample * targets);
    to.targets.insert(to.targets.end(), begin, begin + static_cast<std::ptrdiff_t>(targets));
  }
  return to;
}

int run(const GroupPointsOptions& options) {
  cli::SampleInput input(options.input, options.progress);
  const io::StreamHeader header = grouped_header(input.header(), input.name(), options.groups);
  const Shape& cloud = input.header().shape;
  const auto points =
      static_cast<std::size_t>(cloud.height) * static_cast<std::size_t>(cloud.width);
  const data::PointGrouper grouper =
      in_context(input.name(), [&] { return data::PointGrouper(points, options.groups); });
  input.bound_batches(static_cast<std::uint64_t>(header.shape.size()) *
                      static_cast<std::uint64_t>(options.copies));
  StreamOutput output(options.output, header);
  std::uint64_t samples = 0;
  for (io::Batch batch; input.next(batch); samples += batch.size) {
    io::with_name_of(input, [&] { output.write(group(batch, samples, header, grouper, options)); });
  }
  output.close();
  return cli::kOk;
}

void add_group_options(cli::CommandLine& line, GroupPointsOptions& options) {
  data::GroupOptions& groups = options.groups;
  line.add_option("--selected", groups.selected, "Points that become centres of groups")
      .range(4, 32768)
      .type_name("S")
      .show_default();
  line.add_option("--neighbours", groups.neighbours, "Points of a group, a power of 2")
      .one_of({"4", "8", "16", "32", "64", "128", "256", "512"})
      .type_name("K")
      .show_default();
  line.add_option(
          "--select", options.selection,
          "Which points: a random choice of indices, the same for all clouds, or the points "
          "farthest from each other, or the first ones")
      .one_of({"shuffle", "farthest", "first"})
      .type_name("HOW")
      .show_default();
  line.add_option("--jitter", groups.jitter, "Move every coordinate by less than this")
      .range(0.0, 1.0)
      .type_name("A")
      .show_default();
  line.add_flag("--shuffle-points", groups.shuffle_points,
                "Put the points of every cloud in an order of its own first");
}

}  // namespace

cli::Command group_points_verb() {
  const auto options = std::make_shared<GroupPointsOptions>();
  return {.name = "group-points",
          .purpose = "Turn point clouds into the input of PointNet++.",
          .examples =
              "akida-data group-points test_clouds.aks -o test.aks\n"
              "akida-data group-points --jitter 0.005 --shuffle-points --copies 8 "
              "train_clouds.aks -o train.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                add_group_options(line, *options);
                line.add_option("--copies", options->copies, "Samples to make of every cloud")
                    .range(1, kMaxCopies)
                    .type_name("N")
                    .show_default();
                cli::add_seed(line, options->groups.seed);
                cli::add_jobs(line, options->jobs);
                cli::add_input(line, options->input);
                add_stream_output(line, options->output);
                cli::add_progress(line, options->progress);
              },
          .run =
              [options] {
                options->groups.selection = selection_of(options->selection);
                return run(*options);
              }};
}

}  // namespace akida::data_tool
