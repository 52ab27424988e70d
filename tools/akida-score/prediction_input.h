// Results of a network together with their labels, in batches.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/progress.h"
#include "data/prediction_source.h"
#include "io/stream.h"

namespace akida::score {

class PredictionInput {
 public:
  // `truth`: a stream whose labels replace those of the predictions, sample by sample in the same
  // order; empty: none. Results without ids, arrays, get those of the truth.
  PredictionInput(const std::string& path, const std::string& truth, std::optional<bool> progress);

  // Of the predictions, with the labels and class names of the truth.
  [[nodiscard]] const io::StreamHeader& header() const { return header_; }
  [[nodiscard]] const data::PredictionSource& source() const { return *source_; }
  [[nodiscard]] std::string name() const { return source_->name(); }
  // What messages about labels call them: the truth, where there is one.
  [[nodiscard]] std::string labels_name() const;

  // The names of the classes, by index, as far as they are known so far.
  [[nodiscard]] std::vector<std::string> class_names() const;

  // Replaces `batch`; false after the last one. Throws kInvalid, naming the sample, where the truth
  // has another id, and where it has fewer or more samples or another name for a class.
  [[nodiscard]] bool next(io::Batch& batch);

  // The values of a sample, in the order of its shape. Throws kInvalid, naming sample and output,
  // for NaN, and for infinite ones unless they may be.
  [[nodiscard]] std::vector<double> values_of(const io::Batch& batch, std::size_t index,
                                              bool may_be_infinite = false) const;

 private:
  void take_labels(io::Batch& batch);
  void require_truth_ends();

  std::unique_ptr<data::PredictionSource> source_;
  std::unique_ptr<io::ByteSource> truth_source_;
  std::optional<io::StreamReader> truth_;
  io::Batch truth_batch_;
  std::size_t truth_taken_ = 0;  // samples of truth_batch_ already used
  io::StreamHeader header_;
  cli::Progress progress_;
  std::uint64_t samples_ = 0;
};

// Whether the results are classes and no values: lines that say so, or single integers.
[[nodiscard]] bool holds_classes(const PredictionInput& input);

}  // namespace akida::score
