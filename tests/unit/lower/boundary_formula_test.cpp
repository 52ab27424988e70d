#include "lower/boundary_formula.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"

using namespace akida;
using namespace akida::lower;

TEST_CASE("the published worked example comes out to the digit") {
  const InputScale input{.unit = 1, .shift = 128, .divisor = 128};
  const FilterTerms filter{.weight_scale = 254,
                           .bias = 0.02,
                           .gamma = 1.2,
                           .beta = 0.1,
                           .mean = 0.05,
                           .variance = 0.04,
                           .epsilon = 1e-3,
                           .code_sum = 127 - 76 + 25};
  const BoundaryFormula hidden(input, filter, 1, 0.2, 0.4);
  CHECK(hidden.threshold() == Approx(11251.958188).epsilon(1e-10));
  CHECK(hidden.floor_at(0) == 11251);
  CHECK(hidden.step() == Approx(2194.392751).epsilon(1e-9));
  // 26395 is above boundary 6 and not above boundary 7: level 7.
  CHECK(hidden.floor_at(6) < 26395);
  CHECK(hidden.floor_at(7) >= 26395);

  const BoundaryFormula last(input, filter, 1, 0, 1);
  CHECK(last.floor_at(0) == 10154);
  CHECK(last.step() == Approx(5485.981877).epsilon(1e-9));
  CHECK((26395 - last.threshold()) * last.inverse_step() == Approx(2.960315683).epsilon(1e-9));
}

TEST_CASE("a boundary on an integer is that integer") {
  // Levels worth 0.4 and a threshold of 0.2 divide to 1/2, whatever 0.4 is in float32.
  const BoundaryFormula halved({.unit = 0.4F}, {.weight_scale = 14}, 1, 0.2F, 0.4F);
  for (int n = 0; n < 15; ++n) CHECK(halved.floor_at(n) == 7 + 14 * n);
  // 3 * (1 / 3) and its like, through every operation of the formula.
  for (double divisor = 1; divisor < 2000; ++divisor) {
    const FilterTerms filter{
        .weight_scale = 3, .gamma = -divisor, .mean = 1, .variance = 15, .epsilon = 1};
    const BoundaryFormula third({.unit = 3}, filter, 5, 2.0 * divisor, divisor);
    CHECK(third.floor_at(0) == 5 * (4 * 2 - 1));
    CHECK(third.floor_at(3) == 5 * (4 * 5 - 1));
  }
}

namespace {

double between(Random& random, double low, double high) {
  return low + (high - low) * random.uniform();
}

// Whether the quantized Keras layer passes `limit` at potential `p` of the unflipped weights.
bool passes(const InputScale& input, const FilterTerms& filter, long double p, double limit) {
  const long double sum = (p * input.unit - static_cast<long double>(input.shift) *
                                                static_cast<long double>(filter.code_sum)) /
                          input.divisor / filter.weight_scale;
  const long double sigma = std::sqrt(static_cast<long double>(filter.variance) + filter.epsilon);
  return filter.gamma * (sum + filter.bias - filter.mean) / sigma + filter.beta > limit;
}

}  // namespace

TEST_CASE("a potential passes a boundary where the layers' formula passes it") {
  Random random(11);
  for (int round = 0; round < 2000; ++round) {
    const InputScale input{.unit = between(random, 0.1, 2),
                           .shift = between(random, -200, 200),
                           .divisor = between(random, 0.5, 300)};
    const FilterTerms filter{
        .weight_scale = between(random, 0.5, 50),
        .bias = between(random, -1, 1),
        .gamma = between(random, 0.01, 2) * (round % 2 == 0 ? 1 : -1),
        .beta = between(random, -1, 1),
        .mean = between(random, -1, 1),
        .variance = between(random, 0, 2),
        .epsilon = 1e-3,
        .code_sum = static_cast<std::int64_t>(random.below(200)) - 100,
    };
    const double threshold = between(random, -0.5, 0.5);
    const double step = between(random, 0.05, 1);
    const BoundaryFormula formula(input, filter, 1, threshold, step);
    for (int n : {0, 1, 7}) {
      const std::int64_t boundary = formula.floor_at(n);
      const double limit = threshold + n * step;
      const std::int64_t sign = filter.gamma < 0 ? -1 : 1;
      CHECK_FALSE(passes(input, filter, static_cast<long double>(sign * boundary), limit));
      CHECK(passes(input, filter, static_cast<long double>(sign * (boundary + 1)), limit));
    }
  }
}
