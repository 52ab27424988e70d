// Finds and proves the constants of the arithmetic forms of levels.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "kernels/levels.h"
#include "snn/activation.h"

namespace akida::kernels {
namespace {

constexpr std::int64_t kMaxInt32 = std::numeric_limits<std::int32_t>::max();

// One neuron's task: its boundaries and the potentials for which the level must be right.
struct Neuron {
  std::span<const std::int64_t> boundaries;
  snn::Range range;

  [[nodiscard]] std::int64_t last_at(std::size_t n) const {  // potential that must not pass n
    return std::clamp(boundaries[n], range.low, range.high);
  }
  [[nodiscard]] std::int64_t first_past(std::size_t n) const {  // potential that must pass n
    return std::clamp(boundaries[n] + 1, range.low, range.high);
  }
};

// A line through the boundaries: the level is ceil(slope * potential + offset), clamped.
template <typename Real>
struct Line {
  Real slope = 0;
  Real offset = 0;
};

// The very operations of the vector kernels: convert, one fused multiply-add, round up.
template <typename Real>
Real evaluate(const Line<Real>& line, std::int64_t potential) {
  return std::ceil(
      std::fma(static_cast<Real>(static_cast<std::int32_t>(potential)), line.slope, line.offset));
}

// Conversion, fused multiply-add with a positive slope and rounding up are each monotone, so
// the level never falls as the potential rises. It therefore equals the wanted one on the whole
// range iff it does so on both sides of every boundary.
template <typename Real>
bool proved(const Line<Real>& line, const Neuron& neuron) {
  if (!(line.slope > 0) || !std::isfinite(line.slope) || !std::isfinite(line.offset)) return false;
  constexpr double kConvertible = 0x1.fffffp30;  // conversion to int32 must not overflow
  const double reach =
      static_cast<double>(std::max(std::abs(neuron.range.low), std::abs(neuron.range.high)));
  if (reach * static_cast<double>(line.slope) + std::abs(static_cast<double>(line.offset)) >
      kConvertible) {
    return false;
  }
  for (std::size_t n = 0; n < neuron.boundaries.size(); ++n) {
    const Real level = static_cast<Real>(n);
    if (neuron.boundaries[n] >= neuron.range.low && !(evaluate(line, neuron.last_at(n)) <= level)) {
      return false;
    }
    if (neuron.boundaries[n] < neuron.range.high &&
        !(evaluate(line, neuron.first_past(n)) >= level + 1)) {
      return false;
    }
  }
  return true;
}

// The offsets that put every boundary of the range on its side of the line, for a given slope.
struct OffsetInterval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
OffsetInterval offsets(double slope, const Neuron& neuron) {
  OffsetInterval interval;
  for (std::size_t n = 0; n < neuron.boundaries.size(); ++n) {
    const double level = static_cast<double>(n);
    if (neuron.boundaries[n] >= neuron.range.low) {
      interval.high =
          std::min(interval.high, level - slope * static_cast<double>(neuron.last_at(n)));
    }
    if (neuron.boundaries[n] < neuron.range.high) {
      interval.low =
          std::max(interval.low, level - slope * static_cast<double>(neuron.first_past(n)));
    }
  }
  return interval;
}

double gap(double slope, const Neuron& neuron) {
  const OffsetInterval interval = offsets(slope, neuron);
  return interval.high - interval.low;
}

// The middle of the interval; one level from its only end where the range leaves one side open.
double centred_offset(double slope, const Neuron& neuron) {
  const OffsetInterval interval = offsets(slope, neuron);
  if (std::isinf(interval.low) && std::isinf(interval.high)) return 0;
  if (std::isinf(interval.low)) return interval.high - 1;
  if (std::isinf(interval.high)) return interval.low + 1;
  return interval.low + (interval.high - interval.low) / 2;
}

// Levels per unit of potential beyond which a steeper line gains nothing or does not convert.
double steepest_slope(const Neuron& neuron) {
  const double reach = static_cast<double>(
      std::max({std::abs(neuron.range.low), std::abs(neuron.range.high), std::int64_t{1}}));
  return std::min(static_cast<double>(neuron.boundaries.size()) + 1, 0x1.fp30 / reach);
}

// The slope of the line through the first and the last boundary inside the range.
double first_slope(const Neuron& neuron) {
  const auto begin =
      std::lower_bound(neuron.boundaries.begin(), neuron.boundaries.end(), neuron.range.low);
  const auto end = std::lower_bound(begin, neuron.boundaries.end(), neuron.range.high);
  if (end - begin < 2 || *(end - 1) == *begin) return steepest_slope(neuron);
  return static_cast<double>(end - begin - 1) / static_cast<double>(*(end - 1) - *begin);
}

// The slope that leaves the offset the widest interval: gap() is concave, so a golden-section
// search over the logarithm finds its maximum.
double widest_slope(const Neuron& neuron) {
  constexpr double kRatio = 0.6180339887498949;
  constexpr int kSteps = 90;
  double low = -40;
  double high = std::log(steepest_slope(neuron));
  double left = high - kRatio * (high - low);
  double right = low + kRatio * (high - low);
  double left_gap = gap(std::exp(left), neuron);
  double right_gap = gap(std::exp(right), neuron);
  for (int i = 0; i < kSteps; ++i) {
    if (left_gap < right_gap) {
      low = left;
      left = right;
      left_gap = right_gap;
      right = low + kRatio * (high - low);
      right_gap = gap(std::exp(right), neuron);
    } else {
      high = right;
      right = left;
      right_gap = left_gap;
      left = high - kRatio * (high - low);
      left_gap = gap(std::exp(left), neuron);
    }
  }
  return std::exp((low + high) / 2);
}

// A proved line, or slope 0 where the search finds none.
template <typename Real>
Line<Real> find_line(const Neuron& neuron) {
  for (double (*candidate)(const Neuron&) : {first_slope, widest_slope}) {
    Line<Real> line;
    line.slope = static_cast<Real>(candidate(neuron));
    line.offset = static_cast<Real>(centred_offset(static_cast<double>(line.slope), neuron));
    if (proved(line, neuron)) return line;
  }
  return {};
}

// The constants of one group, in the cheapest form that holds for all of it.
LevelsConstants make_constants(std::span<const Neuron> neurons) {
  LevelsConstants group;
  constexpr std::size_t kFewBoundaries = 3;  // 1 and 2 bits: compares are as fast
  if (neurons.front().boundaries.size() <= kFewBoundaries) return group;
  group.form = LevelsForm::kFloat;
  for (std::size_t lane = 0; lane < neurons.size() && group.form == LevelsForm::kFloat; ++lane) {
    const auto line = find_line<float>(neurons[lane]);
    group.slope[lane] = line.slope;
    group.offset[lane] = line.offset;
    if (line.slope == 0) group.form = LevelsForm::kDouble;
  }
  for (std::size_t lane = 0; lane < neurons.size() && group.form == LevelsForm::kDouble; ++lane) {
    const auto line = find_line<double>(neurons[lane]);
    group.wide_slope[lane] = line.slope;
    group.wide_offset[lane] = line.offset;
    if (line.slope == 0) group.form = LevelsForm::kCompare;
  }
  return group;
}

// Clamped to int32: no potential is below -2^31 + 1, none exceeds 2^31 - 1, so a clamped
// boundary separates the same potentials. Absent neurons have boundaries nothing passes.
void append_boundaries(std::span<const Neuron> neurons, LevelsPlan& plan) {
  for (std::size_t n = 0; n < static_cast<std::size_t>(plan.max_level); ++n) {
    for (std::size_t lane = 0; lane < kLevelsGroup; ++lane) {
      const std::int64_t boundary = lane < neurons.size() ? neurons[lane].boundaries[n] : kMaxInt32;
      plan.boundaries.push_back(
          static_cast<std::int32_t>(std::clamp(boundary, -kMaxInt32 - 1, kMaxInt32)));
    }
  }
}

}  // namespace

LevelsPlan make_levels_plan(std::int32_t bits, std::span<const std::int64_t> boundaries,
                            std::span<const snn::Range> ranges) {
  assert(bits >= 1 && bits <= 8);
  LevelsPlan plan;
  plan.neurons = static_cast<std::int32_t>(ranges.size());
  plan.max_level = (1 << bits) - 1;
  const auto count = static_cast<std::size_t>(plan.max_level);
  assert(boundaries.size() == ranges.size() * count);
  std::vector<Neuron> neurons;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].low < -kMaxInt32 || ranges[i].high > kMaxInt32) {
      fail(ErrorKind::kInvalid, "neuron {}: potentials {}..{} exceed -2147483647..2147483647", i,
           ranges[i].low, ranges[i].high);
    }
    neurons.push_back({boundaries.subspan(i * count, count), ranges[i]});
  }
  for (std::size_t first = 0; first < neurons.size(); first += kLevelsGroup) {
    const std::size_t size = std::min<std::size_t>(kLevelsGroup, neurons.size() - first);
    const std::span<const Neuron> group = std::span(neurons).subspan(first, size);
    plan.groups.push_back(make_constants(group));
    append_boundaries(group, plan);
  }
  return plan;
}

std::vector<std::int64_t> activation_boundaries(std::int32_t bits,
                                                std::span<const std::int32_t> thresholds,
                                                std::span<const float> steps) {
  assert(thresholds.size() == steps.size());
  std::vector<std::int64_t> boundaries;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    for (std::int32_t n = 0; n < (1 << bits) - 1; ++n) {
      boundaries.push_back(snn::activation_boundary(thresholds[i], steps[i], bits, n));
    }
  }
  return boundaries;
}

}  // namespace akida::kernels
