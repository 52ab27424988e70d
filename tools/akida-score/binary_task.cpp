// Results as one score per sample for yes or no.
#include <cmath>

#include "akida-score/label_tasks.h"
#include "base/error.h"
#include "common/command.h"
#include "common/report.h"
#include "eval/roc.h"

namespace akida::score {
namespace {

constexpr double kThreshold = 0.5;  // of probabilities

// Class 1, or a target of 1; class 0, or a target of 0 or -1, is negative.
bool is_positive(const io::StreamHeader& header, const io::Batch& batch, std::size_t index) {
  const bool is_class = header.labels == io::LabelKind::kClass;
  const double label = is_class ? batch.classes[index] : double{batch.targets[index]};
  if (label == 1) return true;
  if (label == 0 || (label == -1 && !is_class)) return false;
  fail(ErrorKind::kInvalid, "sample '{}': label {} is neither 0 nor 1", batch.ids[index], label);
}

void print_text(const eval::BinaryCounts& counts, double auc, std::uint64_t unknown) {
  cli::print(fmt::format("accuracy {:.2f} % ({} of {})\n", 100 * counts.accuracy(),
                         counts.true_positive + counts.true_negative, counts.samples()));
  if (unknown > 0) cli::print(fmt::format("unknown {}\n", unknown));
  cli::print(fmt::format("precision {:.4f}  recall {:.4f}  F1 {:.4f}\nROC-AUC {}\n",
                         counts.precision(), counts.recall(), counts.f1(), auc_text(auc)));
  cli::print(fmt::format(
      "true positive {}  false positive {}  true negative {}  "
      "false negative {}\n",
      counts.true_positive, counts.false_positive, counts.true_negative, counts.false_negative));
}

void print_json(const eval::BinaryCounts& counts, double auc, std::uint64_t unknown,
                double threshold) {
  nlohmann::ordered_json json = cli::make_report("binary");
  json["samples"] = counts.samples();
  json["unknown"] = unknown;
  json["threshold"] = threshold;
  json["accuracy"] = counts.accuracy();
  json["precision"] = counts.precision();
  json["recall"] = counts.recall();
  json["f1"] = counts.f1();
  json["roc_auc"] = auc;
  json["true_positive"] = counts.true_positive;
  json["false_positive"] = counts.false_positive;
  json["true_negative"] = counts.true_negative;
  json["false_negative"] = counts.false_negative;
  cli::print_report(json);
}

}  // namespace

void score_binary(const LabelsOptions& options, PredictionInput& input) {
  const io::StreamHeader& header = input.header();
  if (header.shape.size() != 1 || input.source().holds_classes()) {
    fail(ErrorKind::kInvalid, "{}: task binary needs one value per sample", input.name());
  }
  if (header.labels == io::LabelKind::kTargets && header.targets != 1) {
    fail(ErrorKind::kInvalid, "{}: {} targets per sample are no yes or no", input.labels_name(),
         header.targets);
  }
  const double threshold = options.threshold.value_or(kThreshold);
  eval::BinaryCounts counts;
  std::vector<eval::ScoredSample> samples;
  std::uint64_t unknown = 0;
  for (io::Batch batch; input.next(batch);) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      if (header.labels == io::LabelKind::kClass && batch.classes[i] < 0) {
        ++unknown;
        continue;
      }
      const double value = input.values_of(batch, i, true).front();
      samples.push_back(
          {value, in_context(input.labels_name(), [&] { return is_positive(header, batch, i); })});
      counts.add(samples.back(), threshold);
    }
  }
  require_samples(samples.size(), unknown, input);
  const double auc = eval::roc_auc(samples);
  if (options.json) {
    print_json(counts, auc, unknown, threshold);
  } else {
    print_text(counts, auc, unknown);
  }
}

}  // namespace akida::score
