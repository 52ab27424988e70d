#include "data/sounds/set_partition.h"

#include <array>

#include "base/error.h"
#include "base/sha1.h"

namespace akida::data {
namespace {

constexpr std::uint32_t kMaxFilesPerClass = (1U << 27U) - 1;  // the rule's own number

}  // namespace

std::string_view name_of(PartitionSet set) {
  constexpr std::array<std::string_view, 3> kNames = {"training", "validation", "testing"};
  return kNames[static_cast<std::size_t>(set)];
}

void validate(const PartitionShares& shares) {
  const auto in_range = [](double share) { return share >= 0 && share <= 100; };
  if (in_range(shares.validation) && in_range(shares.testing) &&
      in_range(shares.validation + shares.testing)) {
    return;
  }
  fail(ErrorKind::kUsage, "{} % for validation and {} % for testing are not within 0..100 %",
       shares.validation, shares.testing);
}

PartitionSet which_set(std::string_view path, const PartitionShares& shares) {
  std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  name = name.substr(0, name.find("_nohash_"));
  const auto hash = sha1(std::as_bytes(std::span(name)));
  std::uint32_t low = 0;  // the last 32 of the 160 bits; a power of 2 divides what is above them
  for (std::size_t i = hash.size() - 4; i < hash.size(); ++i) low = (low << 8U) | hash[i];
  const double percent = (low & kMaxFilesPerClass) * (100.0 / kMaxFilesPerClass);
  if (percent < shares.validation) return PartitionSet::kValidation;
  if (percent < shares.validation + shares.testing) return PartitionSet::kTesting;
  return PartitionSet::kTraining;
}

}  // namespace akida::data
