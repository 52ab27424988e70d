// How far a training has come.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cnn/network.h"
#include "nn/objective.h"
#include "nn/training_options.h"

namespace akida::nn {

// What one epoch reports: means over its samples. The loss includes penalties; the training's
// score is that of the changing weights, taken batch by batch.
struct EpochRecord {
  double learning_rate = 0;  // of the last step
  Score training;
  std::optional<Score> validation;   // after the epoch
  std::optional<Measured> measured;  // by TrainingOptions::validation_measure

  [[nodiscard]] const Score& watched() const { return validation ? *validation : training; }
};

// Everything that later epochs depend on besides options and samples: a training that is given it
// goes on as if it had never stopped.
struct TrainingState {
  cnn::Network network;
  std::uint64_t steps = 0;                          // of the optimizer
  std::vector<std::vector<float>> optimizer_state;  // nn/optimizer.h
  std::vector<EpochRecord> epochs;                  // that are finished
  std::uint32_t best_epoch = 0;  // number, from 1, of the one with the least watched loss; 0: none
  std::optional<cnn::Network> best;  // the network after it, where best ones are kept
};

}  // namespace akida::nn
