// The batches that training reads: samples as float arrays, changed at random where asked for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/augmentation.h"
#include "nn/sample_set.h"
#include "tensor/dense.h"

namespace akida::nn {

struct TrainingBatch {
  TrainingBatch() = default;
  TrainingBatch(TrainingBatch&&) = default;  // a copy's labels would point to the old boxes
  TrainingBatch& operator=(TrainingBatch&&) = default;

  akida::Dense values;  // f32 [samples, height, width, channels], as stored
  std::vector<Label> labels;

  // What the labels' boxes point to where they moved with their images.
  std::vector<std::vector<io::Box>> boxes;
};

// Samples `indices` of `samples` as they are.
[[nodiscard]] TrainingBatch load_batch(const SampleSet& samples,
                                       std::span<const std::uint32_t> indices, int jobs);

// Samples `indices`, each changed by random numbers of its own: they are drawn from seed, epoch
// and its index in the set, so the batch that it is in does not matter, nor do `jobs`.
[[nodiscard]] TrainingBatch load_augmented_batch(const SampleSet& samples,
                                                 std::span<const std::uint32_t> indices,
                                                 const Augmentation& augmentation,
                                                 std::uint64_t seed, std::uint32_t epoch, int jobs);

}  // namespace akida::nn
