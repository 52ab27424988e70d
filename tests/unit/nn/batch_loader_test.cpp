#include "nn/batch_loader.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "stream_examples.h"

using namespace akida;
using namespace akida::nn;

namespace {

SampleSet samples_with_boxes() {
  auto example =
      stream_examples::make(io::StreamKind::kDense, DType::kU8, io::LabelKind::kBoxes, 30);
  SampleSet set(example.header);
  set.append(std::move(example.batch));
  return set;
}

constexpr Augmentation kEverything{
    .flip = true, .shift = 0.3, .crop = 0.2, .brightness = 0.2, .noise = 4};

std::vector<float> sample_of(const TrainingBatch& batch, std::size_t place) {
  const auto size = static_cast<std::size_t>(batch.values.size()) / batch.labels.size();
  const auto values = batch.values.data<float>().subspan(place * size, size);
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("a batch holds the samples asked for, in that order") {
  const SampleSet set = samples_with_boxes();
  const std::uint32_t indices[] = {7, 2, 7};
  const TrainingBatch batch = load_batch(set, indices, 2);
  CHECK(batch.values.dims() == std::vector<std::int64_t>{3, 4, 5, 3});
  for (std::size_t i = 0; i < 3; ++i) {
    std::vector<float> expected(60);
    set.copy_values(indices[i], expected);
    CHECK(sample_of(batch, i) == expected);
    CHECK(std::ranges::equal(batch.labels[i].boxes, set.label_of(indices[i]).boxes));
  }
}

TEST_CASE("a changed sample depends on seed, epoch and index, not on batch or threads") {
  const SampleSet set = samples_with_boxes();
  const std::uint32_t alone[] = {8}, among[] = {3, 20, 8, 11};
  const auto load = [&](std::span<const std::uint32_t> indices, std::uint64_t seed,
                        std::uint32_t epoch, int jobs) {
    return load_augmented_batch(set, indices, kEverything, seed, epoch, jobs);
  };
  const TrainingBatch one = load(alone, 1, 2, 1), four = load(among, 1, 2, 4);
  CHECK(sample_of(one, 0) == sample_of(four, 2));
  REQUIRE(one.labels[0].boxes.size() == 2);
  CHECK(std::ranges::equal(one.labels[0].boxes, four.labels[2].boxes));
  CHECK(sample_of(load(alone, 1, 3, 1), 0) != sample_of(one, 0));
  CHECK(sample_of(load(alone, 2, 2, 1), 0) != sample_of(one, 0));
  const std::uint32_t twice[] = {8, 8};
  const TrainingBatch pair = load(twice, 1, 2, 1);
  CHECK(sample_of(pair, 0) == sample_of(pair, 1));
}
