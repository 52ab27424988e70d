// Trains a network: epochs of shuffled batches, losses, optimizer steps, validation.
//
// Equal networks, samples, options and seeds give equal results whatever `jobs` is. All random
// numbers are drawn from the seed and the numbers of epoch, step and sample, so a training that is
// given the state of another one goes on exactly as that would have.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "cnn/network.h"
#include "nn/objective.h"
#include "nn/sample_subset.h"
#include "nn/training_options.h"
#include "nn/training_state.h"

namespace akida::nn {

class Training {
 public:
  // Begins at the first epoch. `validation` may be empty. Throws before any work: kUsage for a
  // layer that does not exist, kInvalid for options out of range, empty or ill-shaped samples, or
  // labels that the loss cannot use, naming the sample.
  Training(cnn::Network network, const TrainingOptions& options, SampleSubset training,
           SampleSubset validation);
  ~Training();

  // Goes on from `state`, which another training of the same kind had. Throws kInvalid where its
  // network is of another architecture.
  void restore(TrainingState state);

  [[nodiscard]] const TrainingState& state() const;

  // Whether all epochs are done or the best one is too long ago.
  [[nodiscard]] bool finished() const;

  // What the progress callback hears after every step of an epoch.
  struct Progress {
    std::uint64_t samples = 0;  // of this epoch so far
    Score score;                // their mean
  };

  // Trains one epoch and validates. Throws kInvalid naming epoch, step and layer when the loss or a
  // variable is no finite number any more; state() remains that of the epoch before.
  const EpochRecord& run_epoch(const std::function<void(const Progress&)>& on_step = {});

  // The network to keep: the best one with patience, else the last.
  [[nodiscard]] const cnn::Network& result() const;

  [[nodiscard]] MetricType metric() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace akida::nn
