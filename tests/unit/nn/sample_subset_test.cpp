#include "nn/sample_subset.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "stream_examples.h"

using namespace akida;
using namespace akida::nn;

namespace {

SampleSet samples(std::size_t count) {
  auto example =
      stream_examples::make(io::StreamKind::kDense, DType::kU8, io::LabelKind::kClass, count);
  SampleSet set(example.header);
  set.append(std::move(example.batch));
  return set;
}

using Indices = std::vector<std::uint32_t>;

Indices sorted(Indices indices) {
  std::ranges::sort(indices);
  return indices;
}

}  // namespace

TEST_CASE("a split takes the rounded share and leaves every sample in one part") {
  const SampleSet set = samples(50);
  const Split split = split_samples(all_of(set), 0.25, 3);
  CHECK(split.validation.size() == 13);  // 12.5 rounds up
  CHECK(std::ranges::is_sorted(split.training.indices));
  CHECK(std::ranges::is_sorted(split.validation.indices));
  Indices both = split.training.indices;
  both.insert(both.end(), split.validation.indices.begin(), split.validation.indices.end());
  CHECK(sorted(both) == all_of(set).indices);
  CHECK(split_samples(all_of(set), 0.25, 3).validation.indices == split.validation.indices);
  CHECK(split_samples(all_of(set), 0.25, 4).validation.indices != split.validation.indices);
  CHECK_THROWS_WITH(split_samples(all_of(set), 0.001, 3),
                    "a share of 0.001 of 50 samples leaves 0 for validation and 50 for training, "
                    "each needs 1");
}

TEST_CASE("every epoch has its own order of all samples") {
  const SampleSet set = samples(20);
  const Indices all = all_of(set).indices;
  std::set<Indices> orders;
  for (std::uint32_t epoch = 0; epoch < 50; ++epoch) {
    const Indices order = shuffled(all, 7, epoch);
    CHECK(sorted(order) == all);
    CHECK(shuffled(all, 7, epoch) == order);
    orders.insert(order);
  }
  CHECK(orders.size() == 50);
  CHECK(shuffled(all, 8, 0) != shuffled(all, 7, 0));
}
