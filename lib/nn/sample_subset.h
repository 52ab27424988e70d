// Some samples of a set, in an order: what an epoch goes through.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/sample_set.h"

namespace akida::nn {

struct SampleSubset {
  const SampleSet* samples = nullptr;  // outlives the subset
  std::vector<std::uint32_t> indices;

  [[nodiscard]] std::size_t size() const { return indices.size(); }
};

// All samples, in their order. Throws kInvalid where there are 2^32 or more.
[[nodiscard]] SampleSubset all_of(const SampleSet& samples);

struct Split {
  SampleSubset training;
  SampleSubset validation;
};

// Takes round(share * size) samples, 0 < share < 1, for validation: chosen by `seed`, both parts in
// their old order. Throws kInvalid where a part would be empty.
[[nodiscard]] Split split_samples(const SampleSubset& all, double share, std::uint64_t seed);

// `indices` in the random order of epoch `epoch`, which depends on the seed and their number only.
[[nodiscard]] std::vector<std::uint32_t> shuffled(std::vector<std::uint32_t> indices,
                                                  std::uint64_t seed, std::uint32_t epoch);

}  // namespace akida::nn
