// akida-score map - mean average precision of detections.
#include <algorithm>
#include <memory>
#include <set>

#include "akida-score/detection_input.h"
#include "akida-score/score_verbs.h"
#include "base/error.h"
#include "common/number_list.h"
#include "common/report.h"
#include "common/shared_options.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "eval/confusion_svg.h"
#include "metrics/average_precision.h"

namespace akida::score {
namespace {

using Json = nlohmann::ordered_json;

struct MapOptions {
  std::string detections = "-";
  std::string truth;  // empty: that of the detections
  std::string form;   // empty: xyxy
  std::string precision = "all-point";
  std::string thresholds;  // empty: those of the precision
  std::string iou = "continuous";
  std::optional<std::size_t> max_boxes;
  std::string class_names;
  bool all_classes = false;
  bool json = false;
};

metrics::PrecisionOptions precision_of(const MapOptions& options) {
  metrics::PrecisionOptions precision;
  if (options.precision == "coco") precision = metrics::coco_options();
  if (options.precision == "11-point") {
    precision.interpolation = metrics::Interpolation::kElevenPoint;
  }
  if (!options.thresholds.empty()) {
    precision.overlaps = cli::parse_numbers("--iou-threshold", options.thresholds);
    for (const double overlap : precision.overlaps) {
      if (!(overlap > 0 && overlap <= 1)) {
        fail(ErrorKind::kUsage, "--iou-threshold: {} is outside 0..1", overlap);
      }
    }
  }
  if (options.iou == "pixel") precision.extent = metrics::BoxExtent::kPixel;
  if (options.max_boxes) precision.max_boxes = *options.max_boxes;
  return precision;
}

class MapScore {
 public:
  explicit MapScore(const MapOptions& options)
      : options_(options),
        name_(options.detections == "-" ? "stdin" : options.detections),
        precision_(precision_of(options)) {
    if (!options.class_names.empty()) {
      classes_ = ClassTable(data::read_class_names(data::open_uncompressed(options.class_names)),
                            options.class_names);
    }
  }

  void run() {
    const data::BoxForm form =
        options_.form == "xywh" ? data::BoxForm::kSize : data::BoxForm::kCorners;
    Truth truth;
    if (!options_.truth.empty()) truth = read_truth(options_.truth, form, classes_);
    std::set<std::string> seen;
    read_detections(options_.detections, form, truth.has_names, classes_,
                    [&](const std::string& id, std::span<const metrics::Detection> detections,
                        const std::vector<metrics::TrueBox>* own) {
                      if (options_.truth.empty()) {
                        add(id, detections, own);
                        return;
                      }
                      const auto found = truth.by_id.find(id);
                      add(id, detections, found == truth.by_id.end() ? nullptr : &found->second);
                      if (!seen.insert(id).second) {
                        fail(ErrorKind::kInvalid, "{}: two images have id '{}'", name_, id);
                      }
                    });
    for (const auto& [id, boxes] : truth.by_id) {
      if (!seen.contains(id)) add(id, {}, &boxes);
    }
    if (images_ == 0) fail(ErrorKind::kInvalid, "{}: there are no images", name_);
    require_truth();
    if (options_.json) {
      cli::print_report(report());
    } else {
      cli::print(text());
    }
  }

 private:
  void require_truth() const {
    for (const auto& [index, of_class] : precision_.classes()) {
      if (of_class.truths > 0) return;
    }
    fail(ErrorKind::kInvalid, "{}: nothing to score: there are no true boxes that count",
         options_.truth.empty() ? name_ : options_.truth);
  }

  void add(const std::string& id, std::span<const metrics::Detection> detections,
           const std::vector<metrics::TrueBox>* truth) {
    if (truth == nullptr) {
      fail(ErrorKind::kInvalid, "{}: image '{}' has no true boxes to compare with", name_, id);
    }
    precision_.add(*truth, detections);
    ++images_;
  }

  [[nodiscard]] double mean() const {
    const std::size_t all = options_.all_classes ? classes_.names().size() : 0;
    return metrics::mean_average_precision(precision_.classes(), all);
  }

  [[nodiscard]] std::string label(std::int32_t class_index) const {
    const std::string name = eval::class_label(class_index, classes_.names());
    return name.empty() ? std::to_string(class_index) : name;
  }

  [[nodiscard]] std::string overlaps_text() const {
    const std::vector<double>& overlaps = precision_.options().overlaps;
    if (overlaps.size() == 1) return fmt::format("{:.2f}", overlaps[0]);
    return fmt::format("{:.2f}..{:.2f}", overlaps.front(), overlaps.back());
  }

  [[nodiscard]] std::string text() const {
    const auto classes = precision_.classes();
    std::size_t width = 5;
    for (const auto& [index, of_class] : classes) width = std::max(width, label(index).size());
    std::string out = fmt::format("{:<{}}        AP  truth  found  detections\n", "class", width);
    for (const auto& [index, of_class] : classes) {
      out += of_class.truths == 0
                 ? fmt::format("{:<{}}         -", label(index), width)
                 : fmt::format("{:<{}}  {:6.2f} %", label(index), width, 100 * of_class.average);
      out += fmt::format("  {:5}  {:5}  {:10}\n", of_class.truths, of_class.found,
                         of_class.detections);
    }
    return out + fmt::format("mAP {:.2f} % at IoU {} ({}, {}) of {} images\n", 100 * mean(),
                             overlaps_text(), options_.precision, options_.iou, images_);
  }

  [[nodiscard]] Json report() const {
    Json json = cli::make_report("average-precision");
    json["images"] = images_;
    json["precision"] = options_.precision;
    json["iou"] = options_.iou;
    json["iou_thresholds"] = precision_.options().overlaps;
    json["map"] = mean();
    json["classes"] = Json::array();
    for (const auto& [index, of_class] : precision_.classes()) {
      Json entry = {{"class", index},
                    {"name", label(index)},
                    {"truth", of_class.truths},
                    {"found", of_class.found},
                    {"detections", of_class.detections},
                    {"ap", nullptr},
                    {"ap_per_threshold", nullptr}};
      if (of_class.truths > 0) {
        entry["ap"] = of_class.average;
        entry["ap_per_threshold"] = of_class.per_overlap;
      }
      json["classes"].push_back(std::move(entry));
    }
    return json;
  }

  const MapOptions& options_;
  std::string name_;  // what messages call the detections
  metrics::AveragePrecision precision_;
  ClassTable classes_;
  std::uint64_t images_ = 0;
};

void check(const MapOptions& options) {
  cli::require_one_standard_input({options.detections, options.truth, options.class_names});
  const bool folder = is_folder(options.detections);
  if (options.truth.empty() && folder) {
    fail(ErrorKind::kUsage, "text files have no true boxes: TRUTH must be given");
  }
  if (!options.form.empty() && !folder && !is_folder(options.truth)) {
    fail(ErrorKind::kUsage, "--form belongs to folders of text files, these are none");
  }
}

void add_map_options(cli::CommandLine& line, MapOptions& options) {
  line.add_option("--form", options.form,
                  "Boxes of text files: xyxy (two corners) or xywh (corner and size)")
      .one_of({"xyxy", "xywh"})
      .show_default("xyxy")
      .type_name("NAME");
  line.add_option("--precision", options.precision,
                  "Average precision: all-point, 11-point (VOC 2007) or coco")
      .one_of({"all-point", "11-point", "coco"})
      .show_default()
      .type_name("NAME");
  line.add_option("--iou-threshold", options.thresholds,
                  "Least IoU of a hit, or several to average over; default 0.5, for coco 0.5, "
                  "0.55 .. 0.95")
      .type_name("X[,X...]");
  line.add_option("--iou", options.iou,
                  "continuous, or pixel: sides count one pixel more, as in PASCAL VOC")
      .one_of({"continuous", "pixel"})
      .show_default()
      .type_name("NAME");
  line.add_option("--max-boxes", options.max_boxes,
                  "Count only the N best boxes of an image; default: all, for coco 100 of a class")
      .range(std::size_t{1}, std::size_t{65536})
      .type_name("N");
  line.add_option("--class-names", options.class_names,
                  "File with the name of one class per line, from class 0")
      .type_name("FILE");
  line.add_flag("--all-classes", options.all_classes,
                "Average over all named classes, those without true boxes having 0");
}

}  // namespace

cli::Command map_verb() {
  const auto options = std::make_shared<MapOptions>();
  return {.name = "map",
          .purpose = "Report the average precision of detections, per class and as a mean.",
          .examples =
              "akida-score map boxes.jsonl\n"
              "akida-score map boxes.jsonl test.aks --precision coco\n"
              "akida-score map detections truth --form xywh --iou pixel --iou-threshold 0.3\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->detections, "DETECTIONS")
                    .description(
                        "JSON lines of akida-score yolo, '-' for standard input, or a "
                        "folder of text files");
                line.add_option("TRUTH", options->truth,
                                "Stream, JSON lines or folder of text files with the true boxes; "
                                "default: those of the detections' lines");
                add_map_options(line, *options);
                cli::add_json(line, options->json);
              },
          .run =
              [options] {
                check(*options);
                MapScore(*options).run();
                return cli::kOk;
              },
          .verbs = {}};
}

}  // namespace akida::score
