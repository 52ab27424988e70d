#include "quant/range_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "cnn/quantizer.h"

namespace akida::quant {
namespace {

// A code of a weight of magnitude `weight` grows from `code` to code + 1 at this scale factor.
struct Breakpoint {
  double scale;
  float weight;
  std::int32_t code;

  bool operator<(const Breakpoint& other) const {
    return scale != other.scale ? scale < other.scale : weight < other.weight;
  }
};

// Sums that belong to the codes so far, and the best ones seen.
class Sweep {
 public:
  void pass(const Breakpoint& breakpoint) {
    products_ += double{breakpoint.weight};
    squares_ += 2 * double(breakpoint.code) + 1;
    const double gain = products_ * products_ / squares_;
    if (gain > best_gain_) {
      best_gain_ = gain;
      best_step_ = products_ / squares_;
    }
  }
  [[nodiscard]] double best_gain() const { return best_gain_; }  // S_ww - least error
  [[nodiscard]] double best_step() const { return best_step_; }

 private:
  double products_ = 0;  // sum of |w| |c|
  double squares_ = 0;   // sum of c^2
  double best_gain_ = 0;
  double best_step_ = 0;
};

// What clipping alone costs at this limit: a lower bound of the error, which grows as the limit
// falls.
double clipping_error(std::span<const float> magnitudes, double limit) {
  double error = 0;
  for (float magnitude : magnitudes) {
    const double excess = std::max(0.0, double{magnitude} - limit);
    error += excess * excess;
  }
  return error;
}

// Breakpoints with scale factors in [low, high).
void collect(std::span<const float> magnitudes, std::int32_t largest, double low, double high,
             std::vector<Breakpoint>& breakpoints) {
  breakpoints.clear();
  for (float magnitude : magnitudes) {
    const double weight = double{magnitude};
    auto code = static_cast<std::int32_t>(
        std::clamp(std::floor(weight * low - 0.5) - 1, 0.0, double(largest)));
    for (; code < largest; ++code) {
      const double scale = (code + 0.5) / weight;
      if (scale >= high) break;
      if (scale >= low) breakpoints.push_back({scale, magnitude, code});
    }
  }
  std::sort(breakpoints.begin(), breakpoints.end());
}

// The limit for magnitudes above 0.
double search(std::span<const float> magnitudes, std::int32_t largest) {
  const double top = double{*std::max_element(magnitudes.begin(), magnitudes.end())};
  double energy = 0;
  for (float magnitude : magnitudes) energy += double{magnitude} * double{magnitude};
  // Scale factors are visited in windows, upwards, so that few breakpoints are kept at a time,
  // until clipping alone costs more than the best codes so far.
  constexpr double kGrowth = 1.25;
  Sweep sweep;
  std::vector<Breakpoint> breakpoints;
  double low = 0, high = 0.5 / top;
  while (true) {
    collect(magnitudes, largest, low, high, breakpoints);
    for (const Breakpoint& breakpoint : breakpoints) sweep.pass(breakpoint);
    low = high;
    high *= kGrowth;
    if (clipping_error(magnitudes, largest / low) > energy - sweep.best_gain()) {
      return largest * sweep.best_step();
    }
  }
}

float limit_of(std::span<const float> magnitudes, std::int32_t largest) {
  if (magnitudes.empty()) return static_cast<float>(largest);
  const auto limit = static_cast<float>(search(magnitudes, largest));
  // Weights so small that float32 has no scale factor for them count as zeros.
  return std::isfinite(static_cast<float>(largest) / limit) ? limit : static_cast<float>(largest);
}

}  // namespace

std::vector<float> least_error_limits(std::int32_t bits, std::span<const float> weights,
                                      std::size_t count, int jobs) {
  std::vector<float> limits(count);
  parallel_for(count, jobs, [&](std::size_t filter, int) {
    std::vector<float> magnitudes;
    magnitudes.reserve(weights.size() / count);
    for (std::size_t i = filter; i < weights.size(); i += count) {
      if (weights[i] != 0) magnitudes.push_back(std::abs(weights[i]));
    }
    limits[filter] = limit_of(magnitudes, cnn::largest_code(bits));
  });
  return limits;
}

}  // namespace akida::quant
