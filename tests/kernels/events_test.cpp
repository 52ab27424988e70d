#include <algorithm>
#include <vector>

#include "base/cpu.h"
#include "base/random.h"
#include "guarded.h"
#include "kernels/event_add.h"
#include "kernels/event_conv.h"
#include "kernels/event_stream.h"
#include "plain_rows.h"
#include "variant_test_case.h"

using namespace akida;
using namespace akida::kernels;

namespace {

// One row of windows over a random map that ends 63 bytes before a page that cannot be read.
struct Problem {
  ConvKernelShape shape;
  std::int32_t stride_x = 1;
  std::int32_t pixels = 1;
  std::int32_t max_value = 15;
  std::int32_t max_weight = 7;
  double density = 0.2;

  [[nodiscard]] std::int32_t columns() const { return (pixels - 1) * stride_x + shape.columns; }
  [[nodiscard]] std::size_t row_bytes() const {
    return static_cast<std::size_t>(columns() * shape.channels);
  }
  [[nodiscard]] std::int32_t blocks() const { return (shape.neurons + 63) / 64; }
  [[nodiscard]] EventRows rows(const std::uint8_t* input) const {
    return {input, row_bytes(), columns(), shape.rows, shape.channels, shape.columns};
  }
  [[nodiscard]] EventWindows windows(std::int32_t narrow_limit) const {
    const std::int32_t cells = shape.rows * shape.columns * shape.channels;
    return {pixels,   shape.columns, stride_x, static_cast<std::size_t>(cells) * kEventNeurons,
            blocks(), narrow_limit};
  }
};

Problem random_problem(Random& random, bool binary) {
  const auto one_to = [&](std::uint32_t limit) {
    return static_cast<std::int32_t>(1 + random.below(limit));
  };
  constexpr std::int32_t kValues[] = {1, 3, 15, 255};
  constexpr std::int32_t kWeights[] = {1, 7, 127, 128};
  constexpr double kDensities[] = {0.0, 0.05, 0.3, 1.0};
  Problem problem;
  problem.shape.rows = one_to(7);
  problem.shape.columns = one_to(7);
  problem.shape.channels = one_to(random.below(3) == 0 ? 200 : 12);
  problem.shape.neurons = one_to(150);
  problem.stride_x = one_to(3);
  problem.pixels = one_to(9);
  if (random.below(3) == 0) {  // variants treat this shape apart
    problem.shape.rows = problem.shape.columns = 3;
    problem.shape.channels = random.below(2) == 0 ? 64 : problem.shape.channels;
    problem.stride_x = 1;
  }
  problem.max_value = binary ? 1 : kValues[random.below(4)];
  problem.max_weight = kWeights[random.below(binary ? 3 : 4)];
  problem.density = kDensities[random.below(4)];
  return problem;
}

struct Data {
  explicit Data(const Problem& problem, Random& random)
      : input(problem.row_bytes() * static_cast<std::size_t>(problem.shape.rows) + 63) {
    const bool extreme = random.below(3) == 0;
    const auto max_value = static_cast<std::uint32_t>(problem.max_value);
    for (std::size_t i = 0; i < input.size(); ++i) {
      const bool is_event = i >= input.size() - 63 || random.uniform() < problem.density;
      input.data()[i] = static_cast<std::uint8_t>(!is_event ? 0
                                                  : extreme ? max_value
                                                            : 1 + random.below(max_value));
    }
    const ConvKernelShape& shape = problem.shape;
    weights.resize(
        static_cast<std::size_t>(shape.neurons * shape.rows * shape.columns * shape.channels));
    const std::int32_t high = std::min(problem.max_weight, 127);
    const auto count = static_cast<std::uint32_t>(problem.max_weight + high + 1);
    for (std::int8_t& weight : weights) {
      const std::int32_t uniform = static_cast<std::int32_t>(random.below(count));
      weight =
          static_cast<std::int8_t>(extreme ? -problem.max_weight : uniform - problem.max_weight);
    }
  }
  test::GuardedBytes input;
  std::vector<std::int8_t> weights;
};

struct StreamMemory {
  std::vector<std::uint8_t> values;
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint32_t> starts;
  std::vector<std::uint32_t> pairs;

  [[nodiscard]] EventStream stream() {
    return {values.data(), offsets.data(), starts.data(), pairs.data()};
  }
};

StreamMemory build(EventStreamFn* fn, const EventRows& rows, std::int32_t group) {
  const std::size_t capacity = event_capacity(rows.columns, rows.rows, rows.channels);
  StreamMemory memory{std::vector<std::uint8_t>(capacity + test::kGuard, 0x5a),
                      std::vector<std::uint32_t>(capacity + test::kGuard, test::kUntouched),
                      std::vector<std::uint32_t>(static_cast<std::size_t>(rows.columns) + 1),
                      std::vector<std::uint32_t>(capacity / 2 + test::kGuard, test::kUntouched)};
  fn(rows, group, memory.stream());
  return memory;
}

std::vector<std::int32_t> pull(EventConvFn* fn, const Problem& problem, StreamMemory& memory,
                               std::span<const std::int8_t> packed, std::int32_t narrow_limit,
                               std::int32_t potential_stride) {
  std::vector<std::int32_t> potentials(
      2 * test::kGuard + static_cast<std::size_t>(problem.pixels * potential_stride),
      test::kUntouched);
  fn(memory.stream(), problem.windows(narrow_limit), packed.data(),
     potentials.data() + test::kGuard, potential_stride);
  return potentials;
}

// The definition, over (row, column, channel) of window p.
std::int64_t brute_force(const Problem& problem, Data& data, std::int32_t p, std::int32_t neuron) {
  const ConvKernelShape& shape = problem.shape;
  std::int64_t sum = 0;
  for (std::int32_t row = 0; row < shape.rows; ++row) {
    for (std::int32_t column = 0; column < shape.columns; ++column) {
      for (std::int32_t channel = 0; channel < shape.channels; ++channel) {
        const std::int32_t x = p * problem.stride_x + column;
        const std::size_t at = static_cast<std::size_t>(row) * problem.row_bytes() +
                               static_cast<std::size_t>(x * shape.channels + channel);
        const std::int32_t weight =
            ((neuron * shape.rows + row) * shape.columns + column) * shape.channels + channel;
        sum += std::int64_t{data.input.data()[at]} * data.weights[static_cast<std::size_t>(weight)];
      }
    }
  }
  return sum;
}

void check_stream(EventStreamFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 300; ++trial) {
    Random random(seed, 1, trial);
    const Problem problem = random_problem(random, false);
    Data data(problem, random);
    const std::int32_t group = 1 << random.below(3);
    StreamMemory want = build(event_stream_ref, problem.rows(data.input.data()), group);
    StreamMemory got = build(fn, problem.rows(data.input.data()), group);
    const std::size_t count = want.starts.back();
    got.values.resize(count);  // entries behind the last are not specified ...
    want.values.resize(count);
    const bool guard_intact =
        std::count(got.offsets.end() - test::kGuard, got.offsets.end(),
                   test::kUntouched) == test::kGuard &&  // ... up to the capacity
        std::count(got.pairs.end() - test::kGuard, got.pairs.end(), test::kUntouched) ==
            test::kGuard;
    got.offsets.resize(count);
    want.offsets.resize(count);
    got.pairs.resize(count / 2);
    want.pairs.resize(count / 2);
    if (got.starts == want.starts && got.values == want.values && got.offsets == want.offsets &&
        got.pairs == want.pairs && guard_intact) {
      continue;
    }
    FAIL("trial=" << trial << " columns=" << problem.columns() << " rows=" << problem.shape.rows
                  << " channels=" << problem.shape.channels << " group=" << group
                  << " guard=" << guard_intact << " seed=" << seed);
  }
}

void check_conv(EventConvFn* fn, EventConvFn* reference, std::int32_t group, std::uint64_t seed) {
  const bool binary = reference == event_add_ref;
  for (std::uint32_t trial = 0; trial < 300; ++trial) {
    Random random(seed, 2, trial);
    const Problem problem = random_problem(random, binary);
    Data data(problem, random);
    StreamMemory memory = build(event_stream_ref, problem.rows(data.input.data()), group);
    const auto packed =
        pack_event_weights(test::PlainRows(data.weights, problem.shape.neurons), problem.shape);
    const std::int32_t limit = binary ? event_add_limit(problem.max_weight)
                                      : event_pair_limit(problem.max_value, problem.max_weight);
    const std::int32_t stride = problem.blocks() * 64 + static_cast<std::int32_t>(random.below(9));
    const auto want = pull(reference, problem, memory, packed, limit, stride);
    const auto got = pull(fn, problem, memory, packed, limit, stride);
    const auto at = std::mismatch(got.begin(), got.end(), want.begin());
    if (at.first == got.end()) continue;
    FAIL("trial=" << trial << " pixels=" << problem.pixels << " stride=" << problem.stride_x
                  << " events=" << memory.starts.back() << " limit=" << limit
                  << " at=" << at.first - got.begin() << " got=" << *at.first
                  << " want=" << *at.second << " seed=" << seed);
  }
}

// Windows whose 9 pairs of events fit 16-bit sums for weights of 7, but not for weights of 8.
void check_full_windows(EventConvFn* fn, std::int32_t group) {
  for (const std::int32_t weight : {-7, -8}) {
    const Problem problem{.shape = {.neurons = 64, .rows = 3, .columns = 3, .channels = 2},
                          .pixels = 5};
    const std::vector<std::uint8_t> cells(problem.row_bytes() * 3 + 63, 255);
    const std::vector<std::int8_t> weights(64 * 18, static_cast<std::int8_t>(weight));
    StreamMemory memory = build(event_stream_ref, problem.rows(cells.data()), group);
    const auto got =
        pull(fn, problem, memory, pack_event_weights(test::PlainRows(weights, 64), problem.shape),
             event_pair_limit(255, -weight), 64);
    CHECK(std::count(got.begin() + test::kGuard, got.end() - test::kGuard, 255 * 18 * weight) ==
          5 * 64);
  }
}

void check_against_definition(EventConvFn* reference, bool binary, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 3, trial);
    const Problem problem = random_problem(random, binary);
    Data data(problem, random);
    StreamMemory memory = build(event_stream_ref, problem.rows(data.input.data()), binary ? 1 : 4);
    const auto packed =
        pack_event_weights(test::PlainRows(data.weights, problem.shape.neurons), problem.shape);
    const std::int32_t stride = problem.blocks() * 64;
    const auto got = pull(reference, problem, memory, packed, 1, stride);
    for (std::int32_t p = 0; p < problem.pixels; ++p) {
      for (std::int32_t neuron = 0; neuron < stride; ++neuron) {
        const std::int64_t want =
            neuron < problem.shape.neurons ? brute_force(problem, data, p, neuron) : 0;
        if (got[test::kGuard + static_cast<std::size_t>(p * stride + neuron)] != want) {
          FAIL("trial=" << trial << " pixel=" << p << " neuron=" << neuron << " want=" << want
                        << " seed=" << seed);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("a stream lists non-zero cells by column, kernel row and channel") {
  // Two rows of three cells with two channels; the middle column is silent.
  const std::vector<std::uint8_t> map = {0, 5, 0, 0, 7, 8,    //
                                         1, 2, 0, 0, 0, 255,  //
                                         9, 9, 9, 9, 9, 9,   9, 9};
  std::vector<std::uint8_t> cells(map);
  cells.resize(cells.size() + 63);
  StreamMemory got = build(event_stream_ref, {cells.data(), 6, 3, 2, 2, 2}, 4);
  CHECK(got.starts == std::vector<std::uint32_t>{0, 4, 4, 8});
  got.values.resize(8);
  got.offsets.resize(8);
  CHECK(got.values == std::vector<std::uint8_t>{5, 1, 2, 0, 7, 8, 255, 0});
  const std::uint32_t row = kEventNeurons;
  CHECK(got.offsets == std::vector<std::uint32_t>{2 * row, 4 * row, 6 * row, 0 * row, 2 * row,
                                                  4 * row, 8 * row, 2 * row});
}

TEST_CASE("a stream of pairs repeats every pair for a broadcast") {
  std::vector<std::uint8_t> cells = {1, 2, 3};
  cells.resize(cells.size() + 63);
  const StreamMemory got = build(event_stream_ref, {cells.data(), 3, 1, 1, 3}, 2);
  CHECK(got.pairs[0] == 0x02010201);
  CHECK(got.pairs[1] == 0x00030003);
}

TEST_CASE("limits of narrow sums are the largest exact ones") {
  CHECK(event_pair_limit(15, 7) == 156);
  CHECK(event_pair_limit(255, 128) == 0);
  CHECK(event_pair_limit(255, 64) == 1);
  CHECK(event_pair_limit(1, 1) == 16383);
  CHECK(event_add_limit(1) == 127);
  CHECK(event_add_limit(7) == 18);
}

TEST_CASE("the reference of event_conv equals loops over the definition") {
  check_against_definition(event_conv_ref, false, Catch::rngSeed());
}

TEST_CASE("the reference of event_add equals loops over the definition") {
  check_against_definition(event_add_ref, true, Catch::rngSeed());
}

TEST_CASE("a long sum of extreme values and weights does not saturate") {
  Problem problem{.shape = {.neurons = 64, .rows = 1, .columns = 1, .channels = 60000}};
  std::vector<std::uint8_t> cells(60000 + 63, 1);
  const std::vector<std::int8_t> weights(64 * 60000, -127);
  const auto packed = pack_event_weights(test::PlainRows(weights, 64), problem.shape);
  StreamMemory singles = build(event_stream(), problem.rows(cells.data()), 1);
  CHECK(pull(event_add(), problem, singles, packed, 1, 64)[test::kGuard + 63] == -127 * 60000);
  const std::int32_t limit = event_pair_limit(1, 127);
  StreamMemory groups = build(event_stream(), problem.rows(cells.data()), event_conv(limit).group);
  CHECK(pull(event_conv(limit).fn, problem, groups, packed, limit, 64)[test::kGuard] ==
        -127 * 60000);
}

TEST_CASE("without any CPU feature the references handle events") {
  set_cpu_mask(0);
  CHECK(event_stream() == event_stream_ref);
  CHECK(event_conv(100).fn == event_conv_ref);
  CHECK(event_add() == event_add_ref);
  set_cpu_mask(~0U);
}

#define AKIDA_KERNEL(fn, need) \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the reference", need, check_stream(fn, Catch::rngSeed()))
#include "kernels/event_stream.inc"
#undef AKIDA_KERNEL

#define AKIDA_KERNEL(fn, need, group)                        \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the reference", need, \
                          check_conv(fn, event_conv_ref, group, Catch::rngSeed()))
#include "kernels/event_conv.inc"
#undef AKIDA_KERNEL

#define AKIDA_KERNEL(fn, need, group)                                             \
  AKIDA_VARIANT_TEST_CASE(#fn " adds up to as many events as 16 bits hold", need, \
                          check_full_windows(fn, group))
#include "kernels/event_conv.inc"
#undef AKIDA_KERNEL

#define AKIDA_KERNEL(fn, need)                               \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the reference", need, \
                          check_conv(fn, event_add_ref, 1, Catch::rngSeed()))
#include "kernels/event_add.inc"
#undef AKIDA_KERNEL
