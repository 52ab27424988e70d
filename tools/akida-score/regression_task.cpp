// Results as numbers.
#include <cmath>

#include "akida-score/label_tasks.h"
#include "base/error.h"
#include "common/command.h"
#include "common/report.h"
#include "eval/regression_score.h"

namespace akida::score {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const eval::RegressionReport& report) {
  return fmt::format("MAE {:.6g}  MSE {:.6g}  RMSE {:.6g}  bias {:.6g}  R2 {:.4f}\n",
                     report.mean_absolute_error, report.mean_squared_error,
                     std::sqrt(report.mean_squared_error), report.mean_error, report.r_squared);
}

void add_report(const eval::RegressionReport& report, Json& json) {
  json["mae"] = report.mean_absolute_error;
  json["mse"] = report.mean_squared_error;
  json["rmse"] = std::sqrt(report.mean_squared_error);
  json["bias"] = report.mean_error;
  json["r2"] = report.r_squared;
}

// The numbers that a sample's values are compared with; none where they are unknown.
std::vector<double> truth_of(const PredictionInput& input, const io::Batch& batch,
                             std::size_t index) {
  const io::StreamHeader& header = input.header();
  if (header.labels == io::LabelKind::kClass) {
    if (batch.classes[index] < 0) return {};
    return {static_cast<double>(batch.classes[index])};
  }
  const auto first = batch.targets.begin() + static_cast<std::ptrdiff_t>(index * header.targets);
  const std::vector<double> truth(first, first + header.targets);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!std::isfinite(truth[i])) {
      fail(ErrorKind::kInvalid, "{}: sample '{}': target {} is no finite number",
           input.labels_name(), batch.ids[index], i);
    }
  }
  return truth;
}

}  // namespace

void score_regression(const LabelsOptions& options, PredictionInput& input) {
  const io::StreamHeader& header = input.header();
  const std::size_t targets = header.labels == io::LabelKind::kClass ? 1 : header.targets;
  if (header.shape.size() != static_cast<std::int64_t>(targets)) {
    fail(ErrorKind::kInvalid, "{}: {} values per sample cannot be compared with {} numbers",
         input.name(), header.shape.size(), targets);
  }
  eval::RegressionScore score(targets);
  std::uint64_t unknown = 0;
  for (io::Batch batch; input.next(batch);) {
    for (std::size_t i = 0; i < batch.size; ++i) {
      const std::vector<double> truth = truth_of(input, batch, i);
      if (truth.empty()) {
        ++unknown;
        continue;
      }
      score.add(input.values_of(batch, i), truth);
    }
  }
  require_samples(score.samples(), unknown, input);
  if (options.json) {
    Json json = cli::make_report("regression");
    json["samples"] = score.samples();
    json["unknown"] = unknown;
    add_report(score.all(), json);
    for (std::size_t i = 0; targets > 1 && i < targets; ++i) {
      json["targets"].emplace_back();
      add_report(score.target(i), json["targets"].back());
    }
    cli::print_report(json);
    return;
  }
  std::string text = fmt::format("samples {}\n", score.samples()) + text_of(score.all());
  if (unknown > 0) text += fmt::format("unknown {}\n", unknown);
  for (std::size_t i = 0; targets > 1 && i < targets; ++i) {
    text += fmt::format("target {}  {}", i, text_of(score.target(i)));
  }
  cli::print(text);
}

}  // namespace akida::score
