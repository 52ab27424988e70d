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
  // order; empty: none.
  PredictionInput(const std::string& path, const std::string& truth, std::optional<bool> progress);

  // Of the predictions, with the labels and class names of the truth.
  [[nodiscard]] const io::StreamHeader& header() const { return header_; }
  [[nodiscard]] const data::PredictionSource& source() const { return *source_; }
  [[nodiscard]] std::string name() const { return source_->name(); }

  // The names of the classes, by index, as far as they are known so far.
  [[nodiscard]] std::vector<std::string> class_names() const;

  // Replaces `batch`; false after the last one. Throws kInvalid, naming the sample, where the truth
  // has another id, and where it has fewer or more samples.
  [[nodiscard]] bool next(io::Batch& batch);

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

}  // namespace akida::score
