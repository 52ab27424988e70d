#include "kernels/separable.h"

#include <algorithm>
#include <vector>

#include "base/cpu.h"
#include "base/random.h"
#include "guarded.h"
#include "plain_rows.h"
#include "variant_test_case.h"

using namespace akida;
using namespace akida::kernels;

namespace {

std::int32_t one_to(Random& random, std::uint32_t limit) {
  return static_cast<std::int32_t>(1 + random.below(limit));
}

std::vector<std::int8_t> random_weights(Random& random, std::size_t count, std::int32_t limit) {
  const bool extreme = random.below(4) == 0;
  std::vector<std::int8_t> weights(count);
  for (std::int8_t& weight : weights) {
    const auto uniform =
        static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(2 * limit + 1))) - limit;
    weight = static_cast<std::int8_t>(extreme ? (random.below(8) != 0 ? limit : -limit) : uniform);
  }
  return weights;
}

void fill_input(Random& random, test::GuardedBytes& input, std::int32_t max_value) {
  const bool extreme = random.below(4) == 0;
  const auto limit = static_cast<std::uint32_t>(max_value);
  for (std::size_t i = 0; i < input.size(); ++i) {
    const bool slack = i >= input.size() - kConvTileSlack;
    input.data()[i] = static_cast<std::uint8_t>(slack     ? 255
                                                : extreme ? limit
                                                          : random.below(limit + 1));
  }
}

// ---- the depthwise kernels alone

struct DepthwiseProblem {
  std::int32_t lanes = 64;
  std::int32_t columns = 3;
  std::int32_t rows = 3;
  std::int32_t stride = 1;
  std::int32_t pixels = 1;
  std::int32_t max_value = 15;
  std::int32_t max_weight = 7;

  [[nodiscard]] std::size_t row_bytes() const {
    return static_cast<std::size_t>(((pixels - 1) * stride + columns) * lanes);
  }
};

DepthwiseProblem random_depthwise(Random& random) {
  DepthwiseProblem problem;
  problem.lanes = 64 * one_to(random, 3);
  const bool is_3x3 = random.below(2) == 0;
  problem.columns = is_3x3 ? 3 : one_to(random, 7);
  problem.rows = is_3x3 ? 3 : one_to(random, 7);
  problem.stride = one_to(random, 3);
  problem.pixels = one_to(random, 9);
  problem.max_value = random.below(2) == 0 ? 15 : 255;
  // 7 * 7 * 255 * 2 + 255 < 2^15: always inside 16 bits
  problem.max_weight = problem.max_value == 15 ? 7 : 2;
  return problem;
}

struct DepthwiseData {
  DepthwiseData(const DepthwiseProblem& problem, Random& random)
      : input(problem.row_bytes() * static_cast<std::size_t>(problem.rows) + kConvTileSlack) {
    fill_input(random, input, problem.max_value);
    for (std::int32_t t = 0; t < problem.rows * problem.columns; ++t) {
      taps.push_back(static_cast<std::ptrdiff_t>(problem.row_bytes()) * (t / problem.columns) +
                     std::ptrdiff_t{t % problem.columns} * problem.lanes);
    }
    const auto lanes = static_cast<std::size_t>(problem.lanes);
    weights = random_weights(random, taps.size() * lanes, problem.max_weight);
    if (taps.size() % 2 != 0) {
      taps.push_back(taps.back());
      weights.resize(weights.size() + lanes);
    }
    for (std::size_t i = 0; i < lanes; ++i) {
      offsets.push_back(
          static_cast<std::int16_t>(static_cast<std::int32_t>(random.below(511)) - 255));
    }
    row = {.input = input.data(),
           .tap_offsets = taps.data(),
           .pixel_stride = static_cast<std::size_t>(problem.stride * problem.lanes),
           .tap_pairs = static_cast<std::int32_t>(taps.size() / 2),
           .lanes = problem.lanes,
           .pixels = problem.pixels};
  }
  test::GuardedBytes input;
  std::vector<std::ptrdiff_t> taps;
  std::vector<std::int8_t> weights;
  std::vector<std::int16_t> offsets;
  DepthwiseRow row{};

  // Sum of lane `lane` of pixel p, by the definition.
  [[nodiscard]] std::int32_t sum(std::int32_t p, std::int32_t lane) const {
    std::int32_t total = 0;
    for (std::size_t t = 0; t < taps.size(); ++t) {
      total += row.input[taps[t] + p * static_cast<std::ptrdiff_t>(row.pixel_stride) + lane] *
               weights[t * static_cast<std::size_t>(row.lanes) + static_cast<std::size_t>(lane)];
    }
    return total;
  }
};

struct ByName {
  bool operator()(const DepthwiseException& a, const DepthwiseException& b) const {
    return a.pixel != b.pixel ? a.pixel < b.pixel : a.lane < b.lane;
  }
};

void check_depthwise_u8(DepthwiseU8Fn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 1, trial);
    const DepthwiseProblem problem = random_depthwise(random);
    const DepthwiseData data(problem, random);
    const auto packed = pack_depthwise_weights(data.weights, problem.lanes);
    const auto offsets = pack_depthwise_offsets(data.offsets);
    const std::vector<std::uint8_t> may_exceed(static_cast<std::size_t>(problem.lanes / 64), 1);
    const auto values = static_cast<std::size_t>(problem.pixels * problem.lanes);
    std::vector<std::uint8_t> output(values + test::kGuard, 0x5a);
    std::vector<DepthwiseException> found(values);
    const std::int32_t count =
        fn(data.row, {packed.data(), offsets.data(), may_exceed.data()}, output.data(),
           found.data(), static_cast<std::int32_t>(found.size()));
    found.resize(static_cast<std::size_t>(count));
    std::sort(found.begin(), found.end(), ByName());
    std::size_t next = 0;
    for (std::int32_t p = 0; p < problem.pixels; ++p) {
      for (std::int32_t lane = 0; lane < problem.lanes; ++lane) {
        const std::int32_t want = data.sum(p, lane) + data.offsets[static_cast<std::size_t>(lane)];
        const std::int32_t saturated = std::clamp(want, 0, 255);
        bool good = output[static_cast<std::size_t>(p * problem.lanes + lane)] == saturated;
        if (want != saturated) {
          good = good && next < found.size() && found[next].pixel == p &&
                 found[next].lane == lane && found[next].excess == want - saturated;
          ++next;
        }
        if (!good) {
          FAIL("trial=" << trial << " pixel=" << p << " lane=" << lane << " want=" << want
                        << " pairs=" << data.row.tap_pairs << " seed=" << seed);
        }
      }
    }
    if (next != found.size() ||
        std::count(output.end() - test::kGuard, output.end(), 0x5a) != test::kGuard) {
      FAIL("trial=" << trial << " exceptions=" << found.size() << " want=" << next
                    << " seed=" << seed);
    }
    // Too little room: still all counted, none written behind it.
    std::vector<DepthwiseException> few(3, {-1, -1, -1});
    CHECK(fn(data.row, {packed.data(), offsets.data(), may_exceed.data()}, output.data(),
             few.data(), 2) == count);
    CHECK(few[2].pixel == -1);
  }
}

void check_depthwise_i32(DepthwiseI32Fn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 2, trial);
    DepthwiseProblem problem = random_depthwise(random);
    problem.max_value = 255;
    problem.max_weight = 127;
    const DepthwiseData data(problem, random);
    const auto values = static_cast<std::size_t>(problem.pixels * problem.lanes);
    std::vector<std::int32_t> output(values + test::kGuard, test::kUntouched);
    fn(data.row, data.weights.data(), output.data());
    for (std::size_t i = 0; i < values; ++i) {
      const std::int32_t want = data.sum(static_cast<std::int32_t>(i) / problem.lanes,
                                         static_cast<std::int32_t>(i) % problem.lanes);
      if (output[i] != want) {
        FAIL("trial=" << trial << " at=" << i << " got=" << output[i] << " want=" << want
                      << " seed=" << seed);
      }
    }
    REQUIRE(output[values] == test::kUntouched);
  }
}

void check_repair(RepairExceptionsFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 3, trial);
    const std::int32_t channels = one_to(random, 150);
    const std::int32_t neurons = one_to(random, 150);
    const std::int32_t padded = (neurons + 31) / 32 * 32;
    const auto plain = random_weights(random, static_cast<std::size_t>(channels * neurons), 127);
    const auto packed = pack_conv_weights(test::PlainRows(plain, neurons),
                                          {.neurons = neurons, .channels = channels});
    std::vector<DepthwiseException> exceptions;
    for (std::int32_t i = one_to(random, 5); i > 0; --i) {
      exceptions.push_back({one_to(random, 3) - 1,
                            one_to(random, static_cast<std::uint32_t>(channels)) - 1,
                            one_to(random, 60000) - 30000});
    }
    const std::int32_t stride = padded + one_to(random, 8);
    std::vector<std::int32_t> got(static_cast<std::size_t>(3 * stride), 1000);
    std::vector<std::int32_t> want(got);
    fn(exceptions.data(), static_cast<std::int32_t>(exceptions.size()), packed.data(),
       conv_tile_run(1, channels), padded, got.data(), stride);
    for (const DepthwiseException& exception : exceptions) {
      for (std::int32_t n = 0; n < neurons; ++n) {
        want[static_cast<std::size_t>(exception.pixel * stride + n)] +=
            exception.excess * plain[static_cast<std::size_t>(n * channels + exception.lane)];
      }
    }
    if (got != want) FAIL("trial=" << trial << " neurons=" << neurons << " seed=" << seed);
  }
}

// ---- both stages

struct Problem {
  SeparableShape shape;
  std::int32_t rows = 1;  // of output
  std::int32_t max_depthwise = 7;
  std::int32_t max_pointwise = 7;
};

Problem random_problem(Random& random) {
  Problem problem;
  SeparableShape& shape = problem.shape;
  constexpr std::int32_t kFolding[] = {1, 2, 4, 8, 16, 32};
  shape.channels = random.below(3) == 0 ? kFolding[random.below(6)]
                                        : one_to(random, random.below(3) == 0 ? 300 : 70);
  shape.neurons = one_to(random, 100);
  const bool is_3x3 = random.below(2) == 0;
  shape.kernel_width = is_3x3 ? 3 : one_to(random, 7);
  shape.kernel_height = is_3x3 ? 3 : one_to(random, 7);
  shape.stride_x = one_to(random, 2);
  shape.stride_y = one_to(random, 3);
  shape.output_width = one_to(random, 12);
  constexpr std::int32_t kValues[] = {1, 3, 15, 255};
  constexpr std::int32_t kWeights[] = {1, 7, 7, 127};
  shape.max_value = kValues[random.below(4)];
  problem.max_depthwise = kWeights[random.below(4)];
  problem.max_pointwise = kWeights[random.below(4)];
  problem.rows = one_to(random, 4);
  shape.row_stride =
      std::ptrdiff_t{(shape.output_width - 1) * shape.stride_x + shape.kernel_width} *
      shape.channels;
  return problem;
}

// Potentials by the definition, [pixels][neurons].
std::vector<std::int64_t> brute_force(const Problem& problem, const std::uint8_t* input,
                                      const std::vector<std::int8_t>& depthwise,
                                      const std::vector<std::int8_t>& pointwise) {
  const SeparableShape& shape = problem.shape;
  std::vector<std::int64_t> potentials;
  for (std::int32_t p = 0; p < problem.rows * shape.output_width; ++p) {
    const std::int32_t y = p / shape.output_width * shape.stride_y;
    const std::int32_t x = p % shape.output_width * shape.stride_x;
    std::vector<std::int64_t> sums(static_cast<std::size_t>(shape.channels));
    for (std::int32_t ky = 0; ky < shape.kernel_height; ++ky) {
      for (std::int32_t kx = 0; kx < shape.kernel_width; ++kx) {
        for (std::int32_t c = 0; c < shape.channels; ++c) {
          const std::int32_t weight = depthwise[static_cast<std::size_t>(
              (ky * shape.kernel_width + kx) * shape.channels + c)];
          sums[static_cast<std::size_t>(c)] +=
              input[(y + ky) * shape.row_stride + (x + kx) * shape.channels + c] * weight;
        }
      }
    }
    for (std::int32_t n = 0; n < shape.neurons; ++n) {
      std::int64_t potential = 0;
      for (std::size_t c = 0; c < sums.size(); ++c) {
        potential +=
            sums[c] *
            pointwise[c * static_cast<std::size_t>(shape.neurons) + static_cast<std::size_t>(n)];
      }
      potentials.push_back(potential);
    }
  }
  return potentials;
}

// 4-bit boundaries inside what each neuron's potentials of this input are; none where they leave
// int32.
LevelsPlan plan_levels(const std::vector<std::int64_t>& potentials, std::size_t neurons) {
  std::vector<snn::Range> ranges(neurons, {0, 0});
  for (std::size_t i = 0; i < potentials.size(); ++i) {
    snn::Range& range = ranges[i % neurons];
    range = {std::min(range.low, potentials[i]), std::max(range.high, potentials[i])};
  }
  std::vector<std::int64_t> boundaries;
  for (const snn::Range& range : ranges) {
    if (range.low < -INT32_MAX || range.high > INT32_MAX) return {};
    for (std::int64_t n = 0; n < 15; ++n) {
      boundaries.push_back(range.low + (range.high - range.low) * (n + 1) / 17);
    }
  }
  return make_levels_plan(4, boundaries, ranges);
}

// run_levels into a map with `gap` cells between rows equals `potentials` and the boundaries.
bool levels_are_right(const SeparableKernel& kernel, const Problem& problem,
                      const std::uint8_t* input, const std::vector<std::int64_t>& potentials,
                      std::size_t gap) {
  const auto neurons = static_cast<std::size_t>(problem.shape.neurons);
  const LevelsPlan plan = plan_levels(potentials, neurons);
  if (plan.groups.empty()) return true;
  const auto width = static_cast<std::size_t>(problem.shape.output_width);
  const std::size_t line = (width + gap) * neurons;
  std::vector<std::uint8_t> got(static_cast<std::size_t>(problem.rows) * line, 0x5a);
  std::vector<std::uint8_t> want(got);
  std::size_t want_nonzero = 0;
  for (std::size_t i = 0; i < potentials.size(); ++i) {
    const std::size_t n = i % neurons;
    std::uint8_t level = 0;
    for (std::size_t k = 0; k < 15; ++k) {
      level += potentials[i] > plan.boundaries[(n / 64 * 15 + k) * 64 + n % 64];
    }
    want[i / neurons / width * line + i / neurons % width * neurons + n] = level;
    want_nonzero += level != 0;
  }
  AlignedVector<std::byte> workspace(kernel.levels_workspace_bytes() + test::kGuard,
                                     std::byte{0x5a});
  const std::size_t nonzero = kernel.run_levels(
      input, problem.rows, levels_kernel(), plan.table(),
      {got.data(), problem.shape.neurons, static_cast<std::ptrdiff_t>(line)}, workspace.data());
  return got == want && nonzero == want_nonzero &&
         std::count(workspace.end() - test::kGuard, workspace.end(), std::byte{0x5a}) ==
             test::kGuard;
}

void check_separable(std::uint32_t cpu_mask, std::uint32_t trials, std::uint64_t seed) {
  set_cpu_mask(cpu_mask);
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    Random random(seed, 5, trial);
    const Problem problem = random_problem(random);
    const SeparableShape& shape = problem.shape;
    const std::int32_t input_rows = (problem.rows - 1) * shape.stride_y + shape.kernel_height;
    test::GuardedBytes input(static_cast<std::size_t>(input_rows * shape.row_stride) +
                             kConvTileSlack);
    fill_input(random, input, shape.max_value);
    const auto depthwise = random_weights(
        random, static_cast<std::size_t>(shape.kernel_width * shape.kernel_height * shape.channels),
        problem.max_depthwise);
    const auto pointwise = random_weights(
        random, static_cast<std::size_t>(shape.neurons * shape.channels), problem.max_pointwise);
    const SeparableKernel kernel(shape, depthwise, pointwise);
    const std::int32_t stride = kernel.padded_neurons();
    std::vector<std::int32_t> got(
        static_cast<std::size_t>(problem.rows * shape.output_width * stride) + test::kGuard,
        test::kUntouched);
    AlignedVector<std::byte> workspace(kernel.workspace_bytes(problem.rows) + test::kGuard,
                                       std::byte{0x5a});
    kernel.run(input.data(), problem.rows, got.data(), stride, workspace.data());
    const auto want = brute_force(problem, input.data(), depthwise, pointwise);
    for (std::size_t i = 0; i < want.size(); ++i) {
      const auto neurons = static_cast<std::size_t>(shape.neurons);
      const std::int32_t potential =
          got[i / neurons * static_cast<std::size_t>(stride) + i % neurons];
      // Modulo 2^32: the widest of these random layers leave int32, which the engine refuses.
      if (potential == static_cast<std::int32_t>(want[i])) continue;
      FAIL("trial=" << trial << " channels=" << shape.channels << " neurons=" << neurons
                    << " kernel=" << shape.kernel_width << "x" << shape.kernel_height
                    << " stride_x=" << shape.stride_x << " width=" << shape.output_width
                    << " rows=" << problem.rows << " at=" << i << " got=" << potential
                    << " want=" << want[i] << " seed=" << seed);
    }
    if (!levels_are_right(kernel, problem, input.data(), want, trial % 2)) {
      FAIL("levels: trial=" << trial << " channels=" << shape.channels << " neurons="
                            << shape.neurons << " rows=" << problem.rows << " seed=" << seed);
    }
    CHECK(got[got.size() - test::kGuard] == test::kUntouched);
    CHECK(std::count(workspace.end() - test::kGuard, workspace.end(), std::byte{0x5a}) ==
          test::kGuard);
  }
  set_cpu_mask(~0U);
}

}  // namespace

TEST_CASE("sums beyond 0..255 are saturated and listed") {
  // One tap per pixel, weight 7: lanes 0, 1, 2 give -105 + 100, 105 + 200, 0 + 255.
  std::vector<std::uint8_t> cells(64 + 64);
  cells[0] = cells[1] = 15;
  std::vector<std::int8_t> weights(2 * 64);
  weights[0] = -7;
  weights[1] = 7;
  std::vector<std::int16_t> offsets(64);
  offsets[0] = 100;
  offsets[1] = 200;
  offsets[2] = 255;
  const std::ptrdiff_t taps[] = {0, 0};
  const std::uint8_t may_exceed = 1;
  std::vector<std::uint8_t> output(64);
  std::vector<DepthwiseException> found(4);
  const auto packed = pack_depthwise_weights(weights, 64);
  const auto packed_offsets = pack_depthwise_offsets(offsets);
  REQUIRE(depthwise_u8_ref({cells.data(), taps, 64, 1, 64, 1},
                           {packed.data(), packed_offsets.data(), &may_exceed}, output.data(),
                           found.data(), 4) == 2);
  std::sort(found.begin(), found.begin() + 2, ByName());
  CHECK(output[0] == 0);
  CHECK(output[1] == 255);
  CHECK(output[2] == 255);
  CHECK(found[0].lane == 0);
  CHECK(found[0].excess == -5);
  CHECK(found[1].lane == 1);
  CHECK(found[1].excess == 50);
}

TEST_CASE("16 bits hold a channel whose one-sided sum and offset stay below 2^15") {
  const std::vector<std::int8_t> one_sided(18, 120);  // 9 taps, 2 channels
  CHECK(depthwise_fits_16_bits(one_sided, 2, 30));    // 32400 + 255
  CHECK_FALSE(depthwise_fits_16_bits(one_sided, 2, 31));
  std::vector<std::int8_t> both_sides(one_sided);
  for (std::size_t i = 0; i < 8; ++i) both_sides[i] = -120;
  CHECK(depthwise_fits_16_bits(both_sides, 2, 31));
}

TEST_CASE("separable convolutions equal loops over the definition on the best kernels") {
  check_separable(~0U, 400, Catch::rngSeed());
}

TEST_CASE("separable convolutions equal loops over the definition under every CPU mask") {
  for (const char* mask : {"none", "avx2", "avx512", "vnni"}) {
    check_separable(parse_cpu_mask(mask), 100, Catch::rngSeed() + 1);
  }
}

TEST_CASE("without any CPU feature the references do the separable convolution") {
  set_cpu_mask(0);
  CHECK(depthwise_u8() == depthwise_u8_ref);
  CHECK(depthwise_i32() == depthwise_i32_ref);
  CHECK(repair_exceptions() == repair_exceptions_ref);
  set_cpu_mask(~0U);
}

#define AKIDA_DEPTHWISE_U8(fn, need)                          \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, \
                          check_depthwise_u8(fn, Catch::rngSeed()))
#define AKIDA_DEPTHWISE_I32(fn, need)                         \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, \
                          check_depthwise_i32(fn, Catch::rngSeed()))
#define AKIDA_REPAIR_EXCEPTIONS(fn, need) \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, check_repair(fn, Catch::rngSeed()))
#include "kernels/depthwise.inc"
