// akida-score labels - results compared with labels.
#include <algorithm>
#include <cmath>
#include <memory>

#include "akida-score/label_tasks.h"
#include "akida-score/score_verbs.h"
#include "base/error.h"
#include "common/shared_options.h"
#include "data/gzip.h"
#include "data/lines.h"

namespace akida::score {
namespace {

std::string task_of(const LabelsOptions& options, const PredictionInput& input) {
  const io::StreamHeader& header = input.header();
  if (header.labels == io::LabelKind::kNone) {
    fail(ErrorKind::kInvalid, "{}: has no labels to compare with{}", input.labels_name(),
         options.truth.empty() ? "; --truth FILE gives some" : "");
  }
  if (header.labels == io::LabelKind::kBoxes) {
    fail(ErrorKind::kInvalid, "{}: its labels are boxes; see akida-score yolo and map",
         input.labels_name());
  }
  if (!options.task.empty()) return options.task;
  if (header.labels == io::LabelKind::kTargets) return "regression";
  return header.dtype == DType::kI32 || header.shape.size() > 1 ? "class" : "binary";
}

void check_task(const LabelsOptions& options, const std::string& task) {
  const bool class_options = !options.top.empty() || options.classes > 0 || options.per_class ||
                             options.auc || options.confusion || !options.svg.empty();
  if (class_options && task != "class") {
    fail(ErrorKind::kUsage,
         "--top, --classes, --per-class, --auc, --confusion and --svg belong to task class, this "
         "is {}",
         task);
  }
  if (options.threshold && task != "binary") {
    fail(ErrorKind::kUsage, "--threshold belongs to task binary, this is {}", task);
  }
}

int run_labels(const LabelsOptions& options) {
  cli::require_one_standard_input({options.input, options.truth, options.class_names});
  if (!options.task.empty()) check_task(options, options.task);
  if (options.svg == "-") {
    fail(ErrorKind::kUsage, "--svg: the picture needs a file: the report is on standard output");
  }
  cli::require_separate_outputs({options.svg}, {options.input, options.truth, options.class_names});
  PredictionInput input(options.input, options.truth, options.progress);
  const std::string task = task_of(options, input);
  check_task(options, task);
  if (task == "class") score_classes(options, input);
  if (task == "binary") score_binary(options, input);
  if (task == "regression") score_regression(options, input);
  return cli::kOk;
}

void add_class_options(cli::CommandLine& line, LabelsOptions& options) {
  line.add_option("--top", options.top,
                  "Also count samples whose class is among the K highest; repeatable")
      .range(std::size_t{1}, std::size_t{65536})
      .repeatable()
      .type_name("K");
  line.add_option("--classes", options.classes,
                  "Divide the outputs into N equal classes; default: one per output")
      .range(1, 65536)
      .type_name("N");
  line.add_flag("--per-class", options.per_class, "Print precision, recall and F1 of every class");
  line.add_flag("--auc", options.auc,
                "Also the area under the ROC curve of every class against all others");
  line.add_flag("--confusion", options.confusion, "Print the confusion matrix");
  line.add_option("--svg", options.svg, "Draw the confusion matrix into this file")
      .type_name("FILE");
}

}  // namespace

std::string auc_text(double auc) { return std::isnan(auc) ? "-" : fmt::format("{:.4f}", auc); }

std::vector<std::string> class_names_of(const LabelsOptions& options,
                                        const PredictionInput& input) {
  if (options.class_names.empty()) return input.class_names();
  return data::read_class_names(data::open_uncompressed(options.class_names));
}

void require_samples(std::uint64_t scored, std::uint64_t unknown, const PredictionInput& input) {
  if (scored > 0) return;
  fail(ErrorKind::kInvalid, "{}: {}", input.labels_name(),
       unknown > 0 ? fmt::format("nothing to score: all {} labels are unknown", unknown)
                   : "nothing to score: there are no samples");
}

cli::Command labels_verb() {
  const auto options = std::make_shared<LabelsOptions>();
  return {.name = "labels",
          .purpose = "Compare classes, scores or numbers with the labels of the samples.",
          .examples =
              "akida-run evaluate model.fbz test.aks | akida-score labels --top 5 --per-class\n"
              "akida-score labels --confusion --svg confusion.svg predictions.txt\n"
              "akida-score labels --task regression ages.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                cli::add_input(line, options->input, "PREDICTIONS")
                    .description("Results of akida-run, '-' for standard input");
                line.add_option("--task", options->task,
                                "class, binary or regression; default: what suits the labels")
                    .one_of({"class", "binary", "regression"})
                    .type_name("NAME");
                line.add_option("--truth", options->truth,
                                "Stream of the same samples whose labels to compare with")
                    .type_name("FILE");
                line.add_option("--class-names", options->class_names,
                                "File with the name of one class per line, from class 0")
                    .type_name("FILE");
                add_class_options(line, *options);
                line.add_option("--threshold", options->threshold,
                                "Binary: values above it mean class 1; default 0.5")
                    .type_name("X");
                cli::add_json(line, options->json);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run_labels(*options); },
          .verbs = {}};
}

}  // namespace akida::score
