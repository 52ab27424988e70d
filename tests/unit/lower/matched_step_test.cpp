#include "lower/matched_step.h"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "snn/activation.h"

using namespace akida;
using namespace akida::lower;

namespace {

struct Case {
  double real_threshold = 0;
  double real_step = 1;  // length of an interval
  std::int32_t bits = 4;
  snn::Range reachable;

  [[nodiscard]] std::int64_t threshold() const {
    return static_cast<std::int64_t>(std::floor(real_threshold));
  }
  [[nodiscard]] double stored_step() const { return std::ldexp(real_step, bits - 4); }
  [[nodiscard]] std::vector<std::int64_t> exact() const {
    std::vector<std::int64_t> boundaries;
    for (int n = 0; n < (1 << bits) - 1; ++n) {
      boundaries.push_back(
          static_cast<std::int64_t>(std::min(0x1p62, std::floor(real_threshold + n * real_step))));
    }
    return boundaries;
  }
  [[nodiscard]] float matched() const {
    return matched_step(threshold(), exact(), bits, reachable, stored_step());
  }
};

// Potentials on the wrong side of a boundary, one by one.
std::int64_t wrong_potentials(const Case& neuron, float step) {
  const std::vector<std::int64_t> exact = neuron.exact();
  std::int64_t wrong = 0;
  for (std::int32_t n = 0; n < std::ssize(exact); ++n) {
    const std::int64_t boundary =
        snn::activation_boundary(neuron.threshold(), step, neuron.bits, n);
    for (std::int64_t p = neuron.reachable.low; p <= neuron.reachable.high; ++p) {
      wrong += (p > boundary) != (p > exact[static_cast<std::size_t>(n)]);
    }
  }
  return wrong;
}

float shifted(float value, std::int64_t floats) {
  const std::int64_t bits = std::int64_t{std::bit_cast<std::uint32_t>(value)} + floats;
  const auto last = std::bit_cast<std::uint32_t>(std::numeric_limits<float>::max());
  return std::bit_cast<float>(
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(bits, 1, std::int64_t{last})));
}

struct Best {
  float step = 0;
  std::int64_t wrong = std::numeric_limits<std::int64_t>::max();

  void consider(const Case& neuron, float candidate, std::int64_t count) {
    const double distance = std::abs(candidate - neuron.stored_step());
    if (count < wrong || (count == wrong && distance < std::abs(step - neuron.stored_step()))) {
      step = candidate;
      wrong = count;
    }
  }
};

// The count changes only where n * step passes an integer, so the best step is the one nearest to
// the real step or lies beside such a quotient.
Best best_of_quotients(const Case& neuron, std::int64_t around) {
  Best best;
  const auto consider = [&](float step) {
    best.consider(neuron, step, wrong_potentials(neuron, step));
  };
  consider(static_cast<float>(neuron.stored_step()));
  const std::int64_t last = neuron.reachable.high - neuron.threshold() + 1;
  for (std::int64_t n = 1; n < (1 << neuron.bits) - 1; ++n) {
    for (std::int64_t j = 1; j <= last; ++j) {
      const double quotient =
          std::ldexp(static_cast<double>(j) / static_cast<double>(n), neuron.bits - 4);
      for (std::int64_t i = -around; i <= around; ++i) {
        consider(shifted(static_cast<float>(quotient), i));
      }
    }
  }
  return best;
}

double between(Random& random, double low, double high) {
  return low + (high - low) * random.uniform();
}

}  // namespace

TEST_CASE("the matched step is the best of all steps beside a quotient") {
  Random random(5);
  std::int64_t better = 0;
  for (int round = 0; round < 300; ++round) {
    const Case neuron{.real_threshold = between(random, -20, 20),
                      .real_step = std::exp(between(random, -2, 2)),
                      .bits = 1 + static_cast<std::int32_t>(random.below(4)),
                      .reachable = {-20, 5 + static_cast<std::int64_t>(random.below(30))}};
    const float matched = neuron.matched();
    const Best best = best_of_quotients(neuron, 1);
    const std::int64_t wrong = wrong_potentials(neuron, matched);
    REQUIRE(wrong == best.wrong);
    REQUIRE(matched == best.step);
    better += wrong < wrong_potentials(neuron, nearest_step(neuron.stored_step()));
  }
  CHECK(better > 50);  // matching is worth something
}

TEST_CASE("the matched step is the best of every float32 around the real step") {
  for (const Case& neuron : {Case{10.75, 2.4, 2, {-30, 40}}, Case{-3.5, 0.7, 3, {-9, 12}}}) {
    Best best;
    const std::vector<std::int64_t> exact = neuron.exact();
    const auto nearest = static_cast<float>(neuron.stored_step());
    for (float step = 0.9F * nearest; step <= 1.5F * nearest; step = std::nextafter(step, 1e9F)) {
      std::int64_t wrong = 0;  // wrong_potentials, without its loop over potentials
      for (std::int32_t n = 0; n < std::ssize(exact); ++n) {
        const std::int64_t boundary =
            snn::activation_boundary(neuron.threshold(), step, neuron.bits, n);
        wrong += std::abs(std::min(boundary, neuron.reachable.high) -
                          std::min(exact[static_cast<std::size_t>(n)], neuron.reachable.high));
      }
      best.consider(neuron, step, wrong);
    }
    CHECK(neuron.matched() == best.step);
  }
}

TEST_CASE("where sums of threshold and step are rounded, the rounded boundaries count") {
  // At 2^30 a double has 22 bits behind the point: steps below a quotient round up to it.
  for (double fraction : {0.0, 0.3, 0.6}) {
    for (double step : {0.31, 0.5, 0.9}) {
      const Case neuron{0x1p30 + fraction, step, 3, {(1 << 30) - 2, (1 << 30) + 4}};
      const Best best = best_of_quotients(neuron, 300);
      CHECK(wrong_potentials(neuron, neuron.matched()) == best.wrong);
      CHECK(neuron.matched() == best.step);
    }
  }
}

TEST_CASE("where nothing can be wrong the step is the nearest float32") {
  CHECK(Case{100.9, 0.1, 4, {-50, 100}}.matched() == 0.1F);  // never above the threshold
  CHECK(Case{100.9, 2.1, 1, {-50, 200}}.matched() == static_cast<float>(2.1 / 8));
  CHECK(Case{100.9, 1e300, 4, {-50, 200}}.matched() == std::numeric_limits<float>::max());
  CHECK(Case{100.0, 1e-300, 4, {-50, 200}}.matched() == std::numeric_limits<float>::denorm_min());
}

namespace {

std::int64_t level_of(const std::vector<std::int64_t>& boundaries, std::int64_t potential) {
  return std::count_if(boundaries.begin(), boundaries.end(),
                       [&](std::int64_t boundary) { return potential > boundary; });
}

// Levels that boundaries at threshold + n * step get wrong, of all potentials that have 1..15.
double wrong_share(const Case& neuron, float step) {
  const std::vector<std::int64_t> exact = neuron.exact();
  std::vector<std::int64_t> boundaries;
  for (std::int32_t n = 0; n < std::ssize(exact); ++n) {
    boundaries.push_back(snn::activation_boundary(neuron.threshold(), step, neuron.bits, n));
  }
  const auto last = exact.back() + static_cast<std::int64_t>(neuron.real_step);
  std::int64_t wrong = 0;
  for (std::int64_t p = exact.front() + 1; p <= last; ++p) {
    wrong += level_of(boundaries, p) != level_of(exact, p);
  }
  return static_cast<double>(wrong) / static_cast<double>(last - exact.front());
}

}  // namespace

TEST_CASE("the published law of exactness: rounding the threshold costs half a level per step") {
  Random random(8);
  for (double length : {10.0, 30.0, 100.0}) {
    double plain = 0, matched = 0;
    constexpr int kNeurons = 400;
    for (int i = 0; i < kNeurons; ++i) {
      const double step = length * between(random, 0.9, 1.1);
      Case neuron{between(random, 0, 1000), step, 4, {}};
      neuron.reachable = {0, neuron.threshold() + static_cast<std::int64_t>(16 * step)};
      plain += wrong_share(neuron, nearest_step(neuron.stored_step())) / kNeurons;
      matched += wrong_share(neuron, neuron.matched()) / kNeurons;
    }
    // Each of 14 boundaries behind the first is half a unit low, out of 15 steps.
    CHECK(plain == Approx(0.5 / length * 14 / 15).epsilon(0.1));
    CHECK(matched < plain / 2);
  }
}
