#include "data/byte_scaling.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error.h"

namespace akida::data {
namespace {

constexpr std::size_t kHalf = std::size_t{1} << 16;
constexpr std::uint32_t kSign = 1U << 31U;

// Keys are in the order of the values.
std::uint32_t key_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

float value_of(std::uint32_t key) {
  return std::bit_cast<float>((key & kSign) != 0 ? key ^ kSign : ~key);
}

}  // namespace

void ByteScaling::apply(std::span<const float> values, std::span<std::uint8_t> bytes) const {
  const double factor = 255 / (high - low);
  std::ranges::transform(values, bytes.begin(), [&](float value) {
    const double inside = std::fmin(std::fmax(low, static_cast<double>(value)), high);
    return static_cast<std::uint8_t>(std::nearbyint((inside - low) * factor));
  });
}

void validate(const ByteScaling& scaling) {
  if (std::isfinite(scaling.low) && std::isfinite(scaling.high) &&
      std::isfinite(scaling.high - scaling.low) && scaling.low < scaling.high) {
    return;
  }
  fail(ErrorKind::kInvalid, "range {}..{} is none: the first has to be below the second",
       scaling.low, scaling.high);
}

PercentileFinder::PercentileFinder(std::vector<double> percents)
    : percents_(std::move(percents)), counts_(kHalf) {
  for (const double percent : percents_) {
    if (!(percent >= 0 && percent <= 100)) {
      fail(ErrorKind::kUsage, "percentile {} is outside 0..100", percent);
    }
  }
}

void PercentileFinder::count(std::span<const float> values) {
  for (const float value : values) {
    if (!std::isfinite(value)) fail(ErrorKind::kInvalid, "a value is {}, not finite", value);
    ++counts_[key_of(value) / kHalf];
  }
  total_ += values.size();
}

void PercentileFinder::start_second_pass() {
  if (total_ == 0) fail(ErrorKind::kInvalid, "no values to take percentiles of");
  for (std::size_t i = 0; i < percents_.size(); ++i) {
    add_bin(static_cast<std::uint64_t>(std::floor(position(i))));
    add_bin(static_cast<std::uint64_t>(std::ceil(position(i))));
  }
}

void PercentileFinder::add_bin(std::uint64_t rank) {
  std::uint64_t before = 0;
  std::uint32_t upper = 0;
  while (before + counts_[upper] <= rank) before += counts_[upper++];
  if (std::ranges::find(bins_, upper, &Bin::upper) != bins_.end()) return;
  bins_.push_back({upper, before, std::vector<std::uint64_t>(kHalf)});
}

void PercentileFinder::refine(std::span<const float> values) {
  for (const float value : values) {
    const std::uint32_t key = key_of(value);
    for (Bin& bin : bins_) {
      if (key / kHalf == bin.upper) ++bin.counts[key % kHalf];
    }
  }
}

double PercentileFinder::position(std::size_t index) const {
  return std::min(percents_[index] / 100 * static_cast<double>(total_ - 1),
                  static_cast<double>(total_ - 1));
}

double PercentileFinder::value_at(std::uint64_t rank) const {
  for (const Bin& bin : bins_) {
    std::uint64_t before = bin.before;
    if (rank < before) continue;
    for (std::size_t lower = 0; lower < kHalf; ++lower) {
      before += bin.counts[lower];
      if (rank < before) {
        return value_of(static_cast<std::uint32_t>(bin.upper * kHalf + lower));
      }
    }
  }
  fail(ErrorKind::kInvalid, "the values of the two passes differ");
}

double PercentileFinder::percentile(std::size_t index) const {
  const double place = position(index);
  const double below = value_at(static_cast<std::uint64_t>(std::floor(place)));
  const double above = value_at(static_cast<std::uint64_t>(std::ceil(place)));
  return below + (above - below) * (place - std::floor(place));
}

}  // namespace akida::data
