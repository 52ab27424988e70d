#include "kernels/levels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/cpu.h"
#include "base/error.h"
#include "base/random.h"
#include "boundary_table.h"
#include "variant_test_case.h"

using namespace akida;
using namespace akida::kernels;

namespace {

constexpr std::int64_t kMax = 2147483647;

// A layer's activation and the potentials that its neurons may have.
struct Problem {
  std::int32_t bits = 4;
  std::vector<std::int64_t> boundaries;  // [neurons][2^bits - 1]
  std::vector<snn::Range> ranges;

  [[nodiscard]] std::size_t count() const { return (std::size_t{1} << bits) - 1; }
};

// 2^exponent, the exponent uniform.
double log_uniform(Random& random, double low, double high) {
  return std::exp2(low + (high - low) * random.uniform());
}

// Steps of all magnitudes, hardly any exact in binary; thresholds in proportion or anything;
// ranges that hold all boundaries, some or none.
Problem random_problem(Random& random, std::int32_t bits, std::size_t neurons) {
  Problem problem;
  problem.bits = bits;
  std::vector<std::int32_t> thresholds;
  std::vector<float> steps;
  const double top = random.below(3) == 0 ? 31 : 12;  // magnitude shared by a whole layer
  for (std::size_t i = 0; i < neurons; ++i) {
    const double step = log_uniform(random, -8, random.below(50) == 0 ? 100 : top);
    const double spread = random.below(4) == 0 ? 0x1p30 : std::min(step * 20, 0x1p30);
    steps.push_back(static_cast<float>(step));
    thresholds.push_back(static_cast<std::int32_t>((2 * random.uniform() - 1) * spread));
    const double reach = log_uniform(random, 3, 31);
    const auto low = -static_cast<std::int64_t>(reach * random.uniform());
    problem.ranges.push_back({low, low + static_cast<std::int64_t>(reach * random.uniform())});
  }
  problem.boundaries = activation_boundaries(bits, thresholds, steps);
  return problem;
}

// Boundaries that are no line: only comparing gives their levels.
Problem irregular_problem(Random& random, std::int32_t bits, std::size_t neurons) {
  Problem problem;
  problem.bits = bits;
  for (std::size_t i = 0; i < neurons; ++i) {
    std::vector<std::int64_t> values;
    for (std::size_t n = 0; n < problem.count(); ++n) {
      values.push_back(random.below(1U << (1 + n % 30)));
    }
    std::sort(values.begin(), values.end());
    problem.boundaries.insert(problem.boundaries.end(), values.begin(), values.end());
    problem.ranges.push_back({-kMax, kMax});
  }
  return problem;
}

// [pixels][stride]: both sides of every boundary, both ends of the range, and random values, in
// another order for every neuron.
std::vector<std::int32_t> make_potentials(const Problem& problem, Random& random,
                                          std::size_t stride) {
  const std::size_t pixels = 4 * problem.count() + 9;
  std::vector<std::int32_t> potentials(pixels * stride);
  for (auto& value : potentials) value = static_cast<std::int32_t>(random.next());
  for (std::size_t neuron = 0; neuron < problem.ranges.size(); ++neuron) {
    const snn::Range range = problem.ranges[neuron];
    std::vector<std::int64_t> values = {range.low, range.high, 0};
    for (std::size_t n = 0; n < problem.count(); ++n) {
      const std::int64_t boundary = problem.boundaries[neuron * problem.count() + n];
      for (std::int64_t near = -1; near <= 2; ++near) values.push_back(boundary + near);
    }
    const double width = static_cast<double>(range.high - range.low);
    while (values.size() < pixels) {
      values.push_back(range.low + static_cast<std::int64_t>(width * random.uniform()));
    }
    const std::size_t shift = random.below(static_cast<std::uint32_t>(pixels));
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      potentials[(pixel + shift) % pixels * stride + neuron] =
          static_cast<std::int32_t>(std::clamp(values[pixel], range.low, range.high));
    }
  }
  return potentials;
}

struct Result {
  std::vector<std::uint8_t> memory;  // levels between guards and inside a wider row
  std::size_t nonzero = 0;
};

constexpr std::size_t kGuard = 64;

Result run(LevelsFn* fn, const LevelsPlan& plan, const std::vector<std::int32_t>& potentials,
           std::size_t stride, std::size_t level_stride) {
  const std::size_t pixels = potentials.size() / stride;
  Result result;
  result.memory.assign(2 * kGuard + pixels * level_stride, 0x5a);
  result.nonzero = fn(plan.table(), potentials.data(), static_cast<std::ptrdiff_t>(stride),
                      static_cast<std::int32_t>(pixels), result.memory.data() + kGuard,
                      static_cast<std::ptrdiff_t>(level_stride));
  return result;
}

void check_same(LevelsFn* fn, const Problem& problem, Random& random, std::uint64_t seed) {
  const std::size_t neurons = problem.ranges.size();
  const std::size_t stride = (neurons + 63) / 64 * 64;
  const std::size_t level_stride = neurons + random.below(2) * random.below(70);
  const LevelsPlan plan = make_levels_plan(problem.bits, problem.boundaries, problem.ranges);
  const auto potentials = make_potentials(problem, random, stride);
  const Result want = run(levels_ref, plan, potentials, stride, level_stride);
  const Result got = run(fn, plan, potentials, stride, level_stride);
  if (got.nonzero != want.nonzero) {
    FAIL("bits=" << problem.bits << " neurons=" << neurons << " nonzero=" << got.nonzero
                 << " want=" << want.nonzero << " seed=" << seed);
  }
  const auto at = std::mismatch(got.memory.begin(), got.memory.end(), want.memory.begin());
  if (at.first == got.memory.end()) return;
  const auto offset = static_cast<std::size_t>(at.first - got.memory.begin());
  FAIL("bits=" << problem.bits << " neurons=" << neurons << " stride=" << level_stride
               << " at=" << offset << " got=" << int{*at.first} << " want=" << int{*at.second}
               << " seed=" << seed);
}

void check_variant(LevelsFn* fn, std::size_t tile, std::uint64_t seed) {
  for (std::size_t neurons = 1; neurons <= 3 * tile + 3; ++neurons) {
    Random random(seed, static_cast<std::uint32_t>(neurons));
    const auto bits = static_cast<std::int32_t>(1 + neurons % 7);
    check_same(fn, random_problem(random, bits, neurons), random, seed);
    if (neurons % 8 == 0) check_same(fn, irregular_problem(random, bits, neurons), random, seed);
  }
  for (std::uint32_t trial = 0; trial < 40; ++trial) {
    Random random(seed, trial, 1);
    const auto bits = static_cast<std::int32_t>(1 + trial % 8);
    check_same(fn, random_problem(random, bits, 1 + random.below(70)), random, seed);
  }
}

__extension__ using Wide = __int128;

// floor of threshold + n * step * 2^(4 - bits), the sum rounded once to 53 bits with ties to
// even, in integers of 2^-80. For steps of at least 2^-30 and below 2^14.
std::int64_t exact_boundary(std::int32_t threshold, float step, std::int32_t bits, std::int32_t n) {
  constexpr int kFraction = 80;
  int exponent = 0;
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(step, &exponent), 24));
  Wide sum = static_cast<Wide>(threshold) * (static_cast<Wide>(1) << kFraction) +
             (static_cast<Wide>(mantissa * n) << (exponent - 24 + 4 - bits + kFraction));
  const bool negative = sum < 0;
  Wide magnitude = negative ? -sum : sum;
  int excess = 0;
  while ((magnitude >> excess) >= (static_cast<Wide>(1) << 53)) ++excess;
  if (excess > 0) {
    const Wide unit = static_cast<Wide>(1) << excess;
    const Wide rest = magnitude % unit;
    const bool odd = (magnitude >> excess) % 2 != 0;
    magnitude -= rest;
    if (rest > unit / 2 || (rest == unit / 2 && odd)) magnitude += unit;
  }
  sum = negative ? -magnitude : magnitude;
  return static_cast<std::int64_t>(sum >> kFraction);
}

std::vector<std::uint8_t> levels_of(const LevelsPlan& plan, std::vector<std::int32_t> potentials) {
  potentials.resize(64, 0);
  const Result result = run(levels_ref, plan, potentials, 64, 64);
  return {result.memory.begin() + kGuard, result.memory.begin() + kGuard + plan.neurons};
}

// Every potential of the table's neurons near a boundary; all in one layer, then each alone, over
// the whole of int32 and over just what is tried: that decides which form a plan takes.
void check_table(LevelsFn* fn, std::int32_t bits, const std::vector<BoundaryRow>& rows,
                 std::int64_t reach) {
  std::vector<std::int32_t> thresholds;
  std::vector<float> steps;
  for (const BoundaryRow& row : rows) {
    thresholds.push_back(row.threshold);
    steps.push_back(row.step);
  }
  const auto boundaries = activation_boundaries(bits, thresholds, steps);
  const LevelsPlan plan =
      make_levels_plan(bits, boundaries, std::vector<snn::Range>(rows.size(), {-reach, reach}));
  constexpr std::size_t kStride = 64;
  const auto tried = potentials_around(rows, reach);
  std::vector<std::int32_t> potentials(tried.size() * kStride);
  for (std::size_t i = 0; i < potentials.size(); ++i) {
    potentials[i] = static_cast<std::int32_t>(tried[i / kStride]);
  }
  const Result got = run(fn, plan, potentials, kStride, rows.size());
  for (std::size_t i = 0; i < tried.size() * rows.size(); ++i) {
    const BoundaryRow& row = rows[i % rows.size()];
    const std::int64_t potential = tried[i / rows.size()];
    if (got.memory[kGuard + i] == row.level(potential)) continue;
    FAIL("bits=" << bits << " threshold=" << row.threshold << " step=" << row.step
                 << " reach=" << reach << " potential=" << potential
                 << " got=" << int{got.memory[kGuard + i]} << " want=" << row.level(potential));
  }
}

void check_table(LevelsFn* fn) {
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    const auto rows = boundary_rows(bits);
    REQUIRE(rows.size() == 20);
    check_table(fn, bits, rows, kMax);
    for (const BoundaryRow& row : rows) {
      for (std::int64_t reach :
           {kMax, std::int64_t{1} << 30, std::int64_t{1} << 20, kMax / 70000}) {
        check_table(fn, bits, {row}, reach);
      }
    }
  }
}

}  // namespace

TEST_CASE("boundaries are those of fractions, rounded where the rule rounds") {
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    for (const BoundaryRow& row : boundary_rows(bits)) {
      CHECK(activation_boundaries(bits, {&row.threshold, 1}, {&row.step, 1}) == row.boundaries);
    }
  }
}

TEST_CASE("levels change exactly at the boundaries of exact arithmetic, for 1 to 8 bits") {
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    for (std::uint32_t trial = 0; trial < 200; ++trial) {
      Random random(Catch::rngSeed(), static_cast<std::uint32_t>(bits), trial);
      const auto step = static_cast<float>(log_uniform(random, -30, 14));
      const auto threshold =
          static_cast<std::int32_t>((2 * random.uniform() - 1) * log_uniform(random, 0, 30));
      const std::vector<snn::Range> range = {{-kMax, kMax}};
      const auto boundaries = activation_boundaries(bits, {&threshold, 1}, {&step, 1});
      const LevelsPlan plan = make_levels_plan(bits, boundaries, range);
      for (std::int32_t n = 0; n < (1 << bits) - 1; n += 1 + n / 20) {
        const std::int64_t boundary = exact_boundary(threshold, step, bits, n);
        for (std::int64_t potential = boundary - 1; potential <= boundary + 2; ++potential) {
          std::int32_t want = 0;
          while (want < (1 << bits) - 1 &&
                 potential > exact_boundary(threshold, step, bits, want)) {
            ++want;
          }
          const auto got = levels_of(plan, {static_cast<std::int32_t>(potential)});
          if (got[0] != want) {
            FAIL("bits=" << bits << " threshold=" << threshold << " step=" << step
                         << " potential=" << potential << " got=" << int{got[0]} << " want=" << want
                         << " seed=" << Catch::rngSeed());
          }
        }
      }
    }
  }
}

TEST_CASE("boundaries past int32 silence a neuron or never hold it back") {
  const std::vector<std::int64_t> boundaries = {std::int64_t{1} << 62, -(std::int64_t{1} << 62),
                                                kMax, -kMax - 1};
  const std::vector<snn::Range> ranges(4, {-kMax, kMax});
  const LevelsPlan plan = make_levels_plan(1, boundaries, ranges);
  const auto low = static_cast<std::int32_t>(-kMax);
  const auto high = static_cast<std::int32_t>(kMax);
  CHECK(levels_of(plan, {high, low, high, low}) == std::vector<std::uint8_t>{0, 1, 0, 1});
}

TEST_CASE("ordinary layers compute levels in float, fine ones in double, irregular ones compare") {
  const auto form = [](float step, std::int32_t threshold) {
    const std::vector<std::int32_t> thresholds(64, threshold);
    const std::vector<float> steps(64, step);
    const std::vector<snn::Range> ranges(64, {-100000000, 100000000});
    return make_levels_plan(4, activation_boundaries(4, thresholds, steps), ranges).groups[0].form;
  };
  CHECK(form(17.3F, 40) == LevelsForm::kFloat);
  CHECK(form(1801.7F, -900) == LevelsForm::kFloat);
  CHECK(form(0.01F, 12) == LevelsForm::kFloat);
  CHECK(form(4234567.5F, 12345671) == LevelsForm::kDouble);
  Random random(3);
  const Problem irregular = irregular_problem(random, 4, 64);
  CHECK(make_levels_plan(4, irregular.boundaries, irregular.ranges).groups[0].form ==
        LevelsForm::kCompare);
}

TEST_CASE("a potential of -2^31 is refused") {
  const std::vector<std::int64_t> boundaries = {0};
  const std::vector<snn::Range> ranges = {{-kMax - 1, 0}};
  CHECK_THROWS_AS(make_levels_plan(1, boundaries, ranges), Error);
}

TEST_CASE("without any CPU feature the reference computes levels") {
  set_cpu_mask(0);
  CHECK(levels_kernel() == levels_ref);
  set_cpu_mask(~0U);
}

#define AKIDA_KERNEL(fn, need, tile)                                       \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the reference and the table", need, \
                          (check_variant(fn, tile, Catch::rngSeed()), check_table(fn)))
#include "kernels/levels.inc"
