// The files that a training reads.
#pragma once

#include <optional>
#include <string>

#include "akida-train/train_options.h"
#include "cnn/network.h"
#include "nn/sample_set.h"
#include "nn/sample_subset.h"

namespace akida::train {

// Samples of training and, where asked for, of validation: a stream of their own or a share. Not
// copied or moved: the subsets point into it.
class TrainData {
 public:
  // Reads the streams to their ends. Throws kInvalid, naming the stream, where one has no samples.
  explicit TrainData(const TrainOptions& options);
  TrainData(const TrainData&) = delete;
  TrainData& operator=(const TrainData&) = delete;

  [[nodiscard]] const nn::SampleSet& training_set() const { return training_set_; }
  [[nodiscard]] const nn::SampleSubset& training() const { return training_; }
  [[nodiscard]] const nn::SampleSubset& validation() const { return validation_; }

  // What tells these samples from others, for the settings of a checkpoint.
  [[nodiscard]] std::string fingerprint() const;

 private:
  nn::SampleSet training_set_;
  std::optional<nn::SampleSet> validation_set_;
  nn::SampleSubset training_;
  nn::SampleSubset validation_;
};

// The network to train: zero kernels, as of a network without weights, are initialised with the
// seed; --min-gamma is applied.
[[nodiscard]] cnn::Network load_student(const TrainOptions& options);

// Gives the model the class names of the samples where it has as many outputs, or classes of boxes.
// Throws kInvalid where it has names of its own for them and one differs.
void adopt_class_names(cnn::Network& network, const TrainOptions& options,
                       const io::StreamHeader& header);

}  // namespace akida::train
