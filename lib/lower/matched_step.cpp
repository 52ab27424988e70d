#include "lower/matched_step.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "snn/activation.h"

namespace akida::lower {
namespace {

// The bits of a float > 0: they rise with its value, so floats can be counted and bisected.
using Ordinal = std::uint32_t;
constexpr Ordinal kFirst = 1;
const Ordinal kLast = std::bit_cast<Ordinal>(std::numeric_limits<float>::max());

// Walks from a step to larger or to smaller ones, from one change of a boundary to the next.
//
// As a step grows, each boundary only rises: its distance to where it should be falls until it is
// there and grows from then on. So what a direction can still win is the distance of the boundaries
// that move towards their place; once the others' distance alone reaches the best sum seen, nothing
// better lies ahead.
class StepSearch {
 public:
  StepSearch(std::int64_t threshold, std::span<const std::int64_t> exact, std::int32_t bits,
             const snn::Range& reachable)
      : threshold_(threshold), exact_(exact), bits_(bits), reachable_(reachable) {}

  struct Result {
    Ordinal step = 0;
    std::int64_t wrong = 0;  // potentials on the wrong side, over all boundaries
  };

  // The first step with the fewest wrong potentials from `start` upwards (or downwards).
  Result walk(Ordinal start, bool upwards) {
    begin(start, upwards);
    Result best{start, wrong_};
    while (!events_.empty() && wrong_ - improvable_ < best.wrong) {
      const Ordinal step = events_.top().first;
      while (!events_.empty() && events_.top().first == step) {
        const std::int32_t n = events_.top().second;
        events_.pop();
        move(n, step);
      }
      if (wrong_ < best.wrong) best = {step, wrong_};
    }
    return best;
  }

 private:
  struct Later {
    bool upwards = true;
    bool operator()(const std::pair<Ordinal, std::int32_t>& a,
                    const std::pair<Ordinal, std::int32_t>& b) const {
      return upwards ? a > b : a < b;
    }
  };

  void begin(Ordinal start, bool upwards) {
    upwards_ = upwards;
    events_ = Events(Later{upwards});
    wrong_ = improvable_ = 0;
    at_.assign(exact_.size(), 0);
    for (std::int32_t n = 0; n < std::ssize(exact_); ++n) {
      at_[static_cast<std::size_t>(n)] = place(n, start);
      count(n, 1);
      push_next(n, start);
    }
  }

  // Boundary n, where it can make a difference: all of `reachable` lies above low - 1.
  std::int64_t clamped(std::int64_t boundary) const {
    return std::clamp(boundary, reachable_.low - 1, reachable_.high);
  }
  std::int64_t place(std::int32_t n, Ordinal step) const {
    return clamped(snn::activation_boundary(threshold_, std::bit_cast<float>(step), bits_, n));
  }

  // Adds (sign 1) or takes away (-1) what boundary n contributes to the sums.
  void count(std::int32_t n, std::int64_t sign) {
    const auto i = static_cast<std::size_t>(n);
    const std::int64_t missing = clamped(exact_[i]) - at_[i];
    wrong_ += sign * std::abs(missing);
    if (upwards_ == (missing > 0)) improvable_ += sign * std::abs(missing);
  }

  void move(std::int32_t n, Ordinal step) {
    count(n, -1);
    at_[static_cast<std::size_t>(n)] = place(n, step);
    count(n, 1);
    push_next(n, step);
  }

  // The next step at which boundary n is somewhere else.
  void push_next(std::int32_t n, Ordinal from) {
    const std::int64_t here = at_[static_cast<std::size_t>(n)];
    Ordinal same = from;
    Ordinal other = upwards_ ? kLast : kFirst;
    if (place(n, other) == here) return;
    const auto narrow = [&](Ordinal probe) {
      if (probe <= std::min(same, other) || probe >= std::max(same, other)) return;
      (place(n, probe) == here ? same : other) = probe;
    };
    // Most changes are within a few floats of the quotient where the boundary meets an integer.
    const double rise = static_cast<double>((upwards_ ? here + 1 : here) - threshold_);
    const auto guess = std::bit_cast<Ordinal>(nearest_step(std::ldexp(rise / n, bits_ - 4)));
    constexpr Ordinal kNear = 4;
    narrow(guess > kNear ? guess - kNear : kFirst);
    narrow(guess + kNear);
    while ((same > other ? same - other : other - same) > 1) {
      narrow(std::midpoint(same, other));
    }
    events_.emplace(other, n);
  }

  using Events = std::priority_queue<std::pair<Ordinal, std::int32_t>,
                                     std::vector<std::pair<Ordinal, std::int32_t>>, Later>;

  std::int64_t threshold_;
  std::span<const std::int64_t> exact_;
  std::int32_t bits_;
  snn::Range reachable_;

  bool upwards_ = true;
  Events events_;                 // step of the next change, boundary
  std::vector<std::int64_t> at_;  // where each boundary is, clamped
  std::int64_t wrong_ = 0;
  std::int64_t improvable_ = 0;  // the part of wrong_ that this direction can still remove
};

}  // namespace

float nearest_step(double step) {
  constexpr float kSmallest = std::numeric_limits<float>::denorm_min();
  constexpr float kLargest = std::numeric_limits<float>::max();
  if (step >= kLargest) return kLargest;
  return std::max(static_cast<float>(step), kSmallest);
}

float matched_step(std::int64_t threshold, std::span<const std::int64_t> exact, std::int32_t bits,
                   const snn::Range& reachable, double step) {
  const float nearest = nearest_step(step);
  const auto start = std::bit_cast<Ordinal>(nearest);
  StepSearch search(threshold, exact, bits, reachable);
  const StepSearch::Result above = search.walk(start, true);
  if (above.wrong == 0 && above.step == start) return nearest;
  const StepSearch::Result below = search.walk(start, false);
  if (below.wrong != above.wrong) {
    return std::bit_cast<float>(below.wrong < above.wrong ? below.step : above.step);
  }
  const float low = std::bit_cast<float>(below.step);
  const float high = std::bit_cast<float>(above.step);
  return step - low <= high - step ? low : high;
}

}  // namespace akida::lower
