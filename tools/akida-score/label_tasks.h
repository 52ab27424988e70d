// The three ways to compare results with labels: as classes, as yes or no, as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "akida-score/prediction_input.h"

namespace akida::score {

struct LabelsOptions {
  std::string input = "-";
  std::string truth;        // path; empty: the labels of the predictions
  std::string task;         // class, binary, regression; empty: what fits the labels
  std::string class_names;  // path, empty: those of the predictions
  std::vector<std::size_t> top;
  std::int32_t classes = 0;  // to divide the outputs into; 0: one per output
  bool per_class = false;
  bool auc = false;
  bool confusion = false;
  std::string svg;
  std::optional<double> threshold;
  bool json = false;
  std::optional<bool> progress;
};

// Each reads all of `input` and prints its report. Throws kInvalid where labels or values do not
// suit the task.
void score_classes(const LabelsOptions& options, PredictionInput& input);
void score_binary(const LabelsOptions& options, PredictionInput& input);
void score_regression(const LabelsOptions& options, PredictionInput& input);

// Four digits, or "-" for NaN: where all samples are of one kind the area is not defined.
[[nodiscard]] std::string auc_text(double auc);

// Names from --class-names, else those of the predictions.
[[nodiscard]] std::vector<std::string> class_names_of(const LabelsOptions& options,
                                                      const PredictionInput& input);

// Throws kInvalid where no sample was scored: a share of nothing is no result.
void require_samples(std::uint64_t scored, std::uint64_t unknown, const PredictionInput& input);

}  // namespace akida::score
