// akida-score anchors - anchors for a detector from the true boxes of a stream.
#include <memory>

#include "akida-score/score_verbs.h"
#include "base/error.h"
#include "common/number_list.h"
#include "common/report.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "eval/anchors.h"

namespace akida::score {
namespace {

struct AnchorsOptions {
  std::string input = "-";
  std::string grid = "7,7";
  std::string order = "pairs";
  eval::AnchorOptions anchors;
  bool json = false;
  std::optional<bool> progress;
};

// Sizes in grid cells. Difficult boxes and boxes without area are left out, as in training.
std::vector<eval::BoxSize> sizes_of(cli::SampleInput& input,
                                    const std::vector<std::int32_t>& grid) {
  const io::StreamHeader& header = input.header();
  if (header.labels != io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: its labels are no boxes", input.name());
  }
  const double across = static_cast<double>(grid[0]) / header.shape.width;
  const double down = static_cast<double>(grid[1]) / header.shape.height;
  std::vector<eval::BoxSize> sizes;
  for (io::Batch batch; input.next(batch);) {
    for (const io::BoxLabel& label : batch.boxes) {
      for (const io::Box& box : label.boxes) {
        const eval::BoxSize size{(double{box.x2} - double{box.x1}) * across,
                                 (double{box.y2} - double{box.y1}) * down};
        if (!box.difficult && size.width > 0 && size.height > 0) sizes.push_back(size);
      }
    }
  }
  return sizes;
}

int run_anchors(const AnchorsOptions& options) {
  const std::vector<std::int32_t> grid = cli::parse_sides("--grid", options.grid);
  cli::SampleInput input(options.input, options.progress);
  const std::vector<eval::BoxSize> sizes = sizes_of(input, grid);
  eval::AnchorOptions how = options.anchors;
  if (options.order == "columns") how.order = eval::AnchorOrder::kColumns;
  const eval::Anchors anchors =
      in_context(input.name(), [&] { return eval::find_anchors(sizes, how); });
  if (!options.json) {
    std::string list;
    for (const eval::BoxSize& size : anchors.sizes) {
      list += fmt::format("{}{},{}", list.empty() ? "" : ",", size.width, size.height);
    }
    cli::print(fmt::format("boxes {}\nmean IoU {:.4f}\nanchors {}\n", sizes.size(),
                           anchors.mean_iou, list));
    return cli::kOk;
  }
  nlohmann::ordered_json json = cli::make_report("anchors");
  json["boxes"] = sizes.size();
  json["grid"] = grid;
  json["mean_iou"] = anchors.mean_iou;
  json["rounds"] = anchors.rounds;
  for (const eval::BoxSize& size : anchors.sizes) {
    json["anchors"].push_back(size.width);
    json["anchors"].push_back(size.height);
  }
  cli::print_report(json);
  return cli::kOk;
}

}  // namespace

cli::Command anchors_verb() {
  const auto options = std::make_shared<AnchorsOptions>();
  return {.name = "anchors",
          .purpose = "Find anchors for a detector by clustering the true boxes of a stream.",
          .examples = "akida-score anchors train.aks --grid 7,7\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input, "DATA")
                    .description("Stream of images with boxes, '-' for standard input");
                line.add_option("-n,--anchors", options->anchors.count, "Number of anchors")
                    .range(std::size_t{1}, eval::kMaxAnchors)
                    .show_default()
                    .type_name("N");
                line.add_option("--grid", options->grid, "Columns and rows of the output map")
                    .show_default()
                    .type_name("W,H");
                line.add_option("--order", options->order,
                                "pairs (by area), or columns: widths and heights sorted each by "
                                "themselves, as documented")
                    .one_of({"pairs", "columns"})
                    .show_default()
                    .type_name("NAME");
                cli::add_seed(line, options->anchors.seed);
                cli::add_json(line, options->json);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run_anchors(*options); },
          .verbs = {}};
}

}  // namespace akida::score
