#include "lower/block_findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "cnn/quantizer.h"

namespace akida::lower {
namespace {

constexpr snn::Range kInt32 = {std::numeric_limits<std::int32_t>::min(),
                               std::numeric_limits<std::int32_t>::max()};

// "filter 3", "filters 3, 5 and 9", "filters 0, 1, 2, 3, 4, 5, 6, 7 and 120 more".
std::string list_filters(const std::vector<std::size_t>& filters) {
  if (filters.size() == 1) return fmt::format("filter {}", filters.front());
  constexpr std::size_t kShown = 8;
  const bool all = filters.size() <= kShown;
  const auto end = filters.begin() + static_cast<std::ptrdiff_t>(all ? filters.size() - 1 : kShown);
  return fmt::format(
      "filters {} and {}", fmt::join(filters.begin(), end, ", "),
      all ? std::to_string(filters.back()) : fmt::format("{} more", filters.size() - kShown));
}

// Bits of the block's weights with which a range would fit int32.
std::int32_t fitting_bits(const Block& block, const snn::Range& range) {
  const auto largest = static_cast<double>(std::max(range.high, -range.low));
  const auto limit = [](std::int32_t bits) { return static_cast<double>(cnn::largest_code(bits)); };
  const int stages = block.operation == Operation::kSeparable ? 2 : 1;  // each with these bits
  std::int32_t bits = block.weights_bits;
  while (bits > 2 && largest * std::pow(limit(bits) / limit(block.weights_bits), stages) >
                         static_cast<double>(kInt32.high)) {
    --bits;
  }
  return bits;
}

void report_bounds(const Block& block, const char* what, const std::vector<snn::Range>& ranges,
                   std::vector<Finding>& findings) {
  const auto magnitude = [](const snn::Range& range) { return std::max(range.high, -range.low); };
  const auto worst = std::max_element(
      ranges.begin(), ranges.end(),
      [&](const snn::Range& a, const snn::Range& b) { return magnitude(a) < magnitude(b); });
  if (worst == ranges.end() || magnitude(*worst) <= kInt32.high) return;
  findings.push_back(
      {true, block.name,
       fmt::format("sums of {} {} can reach {}..{}, outside int32: quantize its weights to at most "
                   "{} bits, or its inputs to fewer than {}",
                   what, worst - ranges.begin(), worst->low, worst->high,
                   fitting_bits(block, *worst),
                   std::bit_width(static_cast<std::uint32_t>(block.input_max)))});
}

void report_thresholds(const Block& block, std::vector<Finding>& findings) {
  std::vector<std::size_t> wide, silent;
  for (std::size_t i = 0; i < block.threshold.size(); ++i) {
    if (block.threshold[i] < kInt32.low || block.threshold[i] > kInt32.high) wide.push_back(i);
    if (block.activation_bits > 0 && block.threshold[i] >= block.potentials[i].high) {
      silent.push_back(i);
    }
  }
  if (!wide.empty()) {
    findings.push_back({true, block.name,
                        fmt::format("{}: threshold {:.10g} is outside int32: train with min_gamma",
                                    list_filters(wide), block.real_threshold[wide.front()])});
  }
  if (!silent.empty()) {
    const std::size_t first = silent.front();
    findings.push_back({false, block.name,
                        fmt::format("{} can never spike: threshold {:.10g} of filter {} is not "
                                    "below its largest potential {}",
                                    list_filters(silent), std::floor(block.real_threshold[first]),
                                    first, block.potentials[first].high)});
  }
}

}  // namespace

void append_findings(const Block& block, std::vector<Finding>& findings) {
  report_bounds(block, "channel", block.channel_sums, findings);
  report_bounds(block, "filter", block.potentials, findings);
  report_thresholds(block, findings);
}

}  // namespace akida::lower
