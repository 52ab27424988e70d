#include "nn/batch_loader.h"

#include "base/parallel.h"
#include "base/random.h"
#include "nn/random_streams.h"

namespace akida::nn {
namespace {

// Smaller batches are loaded faster by one thread.
constexpr std::int64_t kValuesForThreads = 1 << 16;

// Calls change(place, values) for every sample of the batch, once its values are there.
template <typename Change>
TrainingBatch load(const SampleSet& samples, std::span<const std::uint32_t> indices, int jobs,
                   const Change& change) {
  const Shape& shape = samples.header().shape;
  const auto count = static_cast<std::int64_t>(indices.size());
  TrainingBatch batch;
  batch.values = akida::Dense(DType::kF32, {count, shape.height, shape.width, shape.channels});
  for (const std::uint32_t index : indices) batch.labels.push_back(samples.label_of(index));
  for (const Label& label : batch.labels) {
    batch.boxes.emplace_back(label.boxes.begin(), label.boxes.end());
  }
  const std::span<float> values = batch.values.data<float>();
  const auto size = static_cast<std::size_t>(shape.size());
  parallel_for(indices.size(), batch.values.size() < kValuesForThreads ? 1 : jobs,
               [&](std::size_t i, int) {
                 const std::span<float> sample = values.subspan(i * size, size);
                 samples.copy_values(indices[i], sample);
                 change(i, sample, batch.boxes[i]);
               });
  for (std::size_t i = 0; i < indices.size(); ++i) batch.labels[i].boxes = batch.boxes[i];
  return batch;
}

}  // namespace

TrainingBatch load_batch(const SampleSet& samples, std::span<const std::uint32_t> indices,
                         int jobs) {
  return load(samples, indices, jobs, [](std::size_t, std::span<float>, std::span<io::Box>) {});
}

TrainingBatch load_augmented_batch(const SampleSet& samples, std::span<const std::uint32_t> indices,
                                   const Augmentation& augmentation, std::uint64_t seed,
                                   std::uint32_t epoch, int jobs) {
  const io::StreamHeader& header = samples.header();
  return load(samples, indices, jobs,
              [&](std::size_t i, std::span<float> values, std::span<io::Box> boxes) {
                Random random(seed, epoch, indices[i], kAugmentStream);
                augment(augmentation, header.shape, header.dtype, random, values, boxes);
              });
}

}  // namespace akida::nn
