// How a network is trained.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "nn/augmentation.h"
#include "nn/learning_rate.h"
#include "nn/losses.h"
#include "nn/optimizer.h"
#include "nn/sample_subset.h"

namespace akida::nn {

inline constexpr std::uint32_t kMaxEpochs = 1'000'000;
inline constexpr std::uint32_t kMaxBatchSize = 1U << 20;

// Knowledge distillation: the loss is alpha * loss by the labels + (1 - alpha) * kl_distillation
// by the teacher's logits (nn/losses.h).
struct Distillation {
  const cnn::Network* teacher = nullptr;  // none: plain training; outlives the training
  double temperature = 3;
  double alpha = 0.1;
};

// What a ValidationMeasure found.
struct Measured {
  double mean = 0;
  std::vector<double> per_class;  // by class; may be empty

  bool operator==(const Measured&) const = default;
};

// Numbers that are measured on the validation samples beside loss and metric, after every `every`th
// epoch and the last one; it changes nothing of the training. `measure` gets the network as it is
// after the epoch.
struct ValidationMeasure {
  std::uint32_t every = 0;  // 0: never
  std::function<Measured(const cnn::Network& network, const SampleSubset& samples)> measure;
};

struct TrainingOptions {
  LossType loss = LossType::kSparseCategoricalCrossentropy;
  OptimizerOptions optimizer;
  Schedule schedule;
  Augmentation augmentation;  // of training samples
  Distillation distillation;
  std::uint32_t epochs = 10;
  std::uint32_t batch_size = 32;
  // Stop after as many epochs without a lower watched loss (of validation, else of training), and
  // end with the best network; none: train all epochs and end with the last one.
  std::optional<std::uint32_t> patience;
  // The layers before this one keep their variables and work as in inference; empty: none.
  std::string freeze_before;
  ValidationMeasure validation_measure;
  std::uint64_t seed = 0;
  int jobs = 0;
};

}  // namespace akida::nn
