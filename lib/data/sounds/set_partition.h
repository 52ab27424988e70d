// Which of a dataset's sets a file belongs to, by its name alone: files added later move no other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace akida::data {

enum class PartitionSet : std::uint8_t { kTraining, kValidation, kTesting };

// "training", "validation", "testing".
[[nodiscard]] std::string_view name_of(PartitionSet set);

// Shares of all files in percent; the rest is for training.
struct PartitionShares {
  double validation = 0;
  double testing = 0;
};

// Throws kUsage unless both are at least 0 and together at most 100.
void validate(const PartitionShares& shares);

// The set of the file called `path`, of which only the last component counts, and of that nothing
// from "_nohash_" on: "speaker_nohash_0.wav" and "speaker_nohash_1.wav" go together. The rule of
// the Speech Commands dataset: the SHA-1 of the name as a number, modulo 2^27, over 2^27 - 1, in
// percent; below `validation` it is kValidation, below `validation + testing` kTesting.
[[nodiscard]] PartitionSet which_set(std::string_view path, const PartitionShares& shares);

}  // namespace akida::data
