#include "nn/sample_subset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/checked.h"
#include "base/random.h"
#include "nn/random_streams.h"

namespace akida::nn {

SampleSubset all_of(const SampleSet& samples) {
  SampleSubset all{&samples, {}};
  all.indices.resize(checked_cast<std::uint32_t>(samples.size(), "samples"));
  std::iota(all.indices.begin(), all.indices.end(), 0U);
  return all;
}

Split split_samples(const SampleSubset& all, double share, std::uint64_t seed) {
  const auto count =
      static_cast<std::size_t>(std::floor(share * static_cast<double>(all.size()) + 0.5));
  if (count == 0 || count >= all.size()) {
    fail(ErrorKind::kInvalid,
         "a share of {} of {} samples leaves {} for validation and {} for "
         "training, each needs 1",
         share, all.size(), count, all.size() - count);
  }
  std::vector<std::uint32_t> order = all.indices;
  Random random(seed, 0, 0, kSplitStream);
  partial_shuffle(order, count, random);
  const auto border = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(order.begin(), border);
  std::sort(border, order.end());
  return {.training = {all.samples, {border, order.end()}},
          .validation = {all.samples, {order.begin(), border}}};
}

std::vector<std::uint32_t> shuffled(std::vector<std::uint32_t> indices, std::uint64_t seed,
                                    std::uint32_t epoch) {
  Random random(seed, epoch, 0, kShuffleStream);
  partial_shuffle(indices, indices.size(), random);
  return indices;
}

}  // namespace akida::nn
