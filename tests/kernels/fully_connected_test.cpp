#include "kernels/fully_connected.h"

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

// A random vector, matrix [neurons][inputs] and their product by the definition.
struct Problem {
  Problem(Random& random, std::int32_t max_weight)
      : inputs(static_cast<std::int32_t>(1 + random.below(random.below(4) == 0 ? 700 : 40))),
        neurons(static_cast<std::int32_t>(1 + random.below(300))),
        max_value(random.below(2) == 0 ? 15 : 255),
        // Readable to the next multiple of 64, then a page that is not.
        input((static_cast<std::size_t>(inputs) + 63) / 64 * 64) {
    const bool extreme = random.below(3) == 0;
    const double density = random.uniform();
    const auto limit = static_cast<std::uint32_t>(max_value);
    for (std::size_t i = 0; i < input.size(); ++i) {
      const bool absent = i >= static_cast<std::size_t>(inputs);
      const bool is_event = random.uniform() < density;
      input.data()[i] = static_cast<std::uint8_t>(absent      ? 255
                                                  : !is_event ? 0
                                                  : extreme   ? limit
                                                              : 1 + random.below(limit));
    }
    weights.resize(static_cast<std::size_t>(inputs * neurons));
    for (std::int8_t& weight : weights) {
      const auto uniform =
          static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(2 * max_weight + 1)));
      weight = static_cast<std::int8_t>(extreme ? -max_weight : uniform - max_weight);
    }
    for (std::int32_t n = 0; n < neurons; ++n) {
      std::int32_t sum = 0;
      for (std::int32_t i = 0; i < inputs; ++i) {
        sum += input.data()[i] * weights[static_cast<std::size_t>(n * inputs + i)];
      }
      product.push_back(sum);
    }
  }
  std::int32_t inputs;
  std::int32_t neurons;
  std::int32_t max_value;
  test::GuardedBytes input;
  std::vector<std::int8_t> weights;
  std::vector<std::int32_t> product;
};

// Potentials of `run`, which gets where to put them; whole blocks of `block` neurons, then a guard.
template <typename Run>
void check(const Problem& problem, std::int32_t block, std::uint32_t trial, std::uint64_t seed,
           Run run) {
  const auto padded = static_cast<std::size_t>((problem.neurons + block - 1) / block * block);
  std::vector<std::int32_t> got(padded + test::kGuard, test::kUntouched);
  run(got.data());
  std::vector<std::int32_t> want(problem.product);
  want.resize(padded, 0);  // absent neurons
  want.resize(padded + test::kGuard, test::kUntouched);
  const auto at = std::mismatch(got.begin(), got.end(), want.begin());
  if (at.first == got.end()) return;
  FAIL("trial=" << trial << " inputs=" << problem.inputs << " neurons=" << problem.neurons
                << " at=" << at.first - got.begin() << " got=" << *at.first
                << " want=" << *at.second << " seed=" << seed);
}

void check_dense(FcDenseFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 1, trial);
    Problem problem(random, 127);
    const auto packed =
        pack_fc_dense(test::PlainRows(problem.weights, problem.neurons), problem.neurons);
    check(problem, 64, trial, seed, [&](std::int32_t* potentials) {
      fn(problem.input.data(), problem.inputs, packed.data(), problem.neurons, potentials);
    });
  }
}

void check_nibbles(FcNibblesFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 2, trial);
    Problem problem(random, 7);
    if (random.below(3) == 0) {
      for (std::int32_t n = 0; n < problem.neurons; ++n)
        problem.product[static_cast<std::size_t>(n)] = 0;
      std::fill(problem.weights.begin(), problem.weights.end(), std::int8_t{0});
    }
    const auto packed =
        pack_fc_nibbles(test::PlainRows(problem.weights, problem.neurons), problem.neurons);
    check(problem, 64, trial, seed, [&](std::int32_t* potentials) {
      fn(problem.input.data(), problem.inputs, packed.data(), problem.neurons, potentials);
    });
  }
}

void check_nibble_events(FcNibbleEventsFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 3, trial);
    Problem problem(random, 7);
    const auto packed =
        pack_fc_nibble_events(test::PlainRows(problem.weights, problem.neurons), problem.neurons);
    const std::size_t capacity = event_capacity(1, 1, problem.inputs);
    std::vector<std::uint8_t> values(capacity);
    std::vector<std::uint32_t> offsets(capacity);
    std::vector<std::uint32_t> starts(2);
    std::vector<std::uint32_t> pairs(capacity / 2);
    const EventStream stream = {values.data(), offsets.data(), starts.data(), pairs.data()};
    event_stream_ref({problem.input.data(), 0, 1, 1, problem.inputs}, 2, stream);
    check(problem, 128, trial, seed, [&](std::int32_t* potentials) {
      fn(stream, problem.max_value, packed.data(), problem.inputs, problem.neurons, potentials);
    });
  }
}

}  // namespace

TEST_CASE("nibbles hold every weight of -8..7") {
  std::vector<std::int8_t> weights;
  for (int w = -8; w <= 7; ++w) weights.push_back(static_cast<std::int8_t>(w));
  std::vector<std::uint8_t> input(64, 1);
  std::vector<std::int32_t> potentials(128);
  const auto packed = pack_fc_nibbles(test::PlainRows(weights, 16), 16);
  fc_nibbles_ref(input.data(), 1, packed.data(), 16, potentials.data());
  for (std::size_t n = 0; n < 16; ++n) CHECK(potentials[n] == static_cast<int>(n) - 8);
}

TEST_CASE("without any CPU feature the references do fully connected layers") {
  set_cpu_mask(0);
  CHECK(fc_dense() == fc_dense_ref);
  CHECK(fc_nibbles() == fc_nibbles_ref);
  CHECK(fc_nibble_events() == fc_nibble_events_ref);
  set_cpu_mask(~0U);
}

#define AKIDA_FC_DENSE(fn, need) \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, check_dense(fn, Catch::rngSeed()))
#define AKIDA_FC_NIBBLES(fn, need) \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, check_nibbles(fn, Catch::rngSeed()))
#define AKIDA_FC_NIBBLE_EVENTS(fn, need)                      \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, \
                          check_nibble_events(fn, Catch::rngSeed()))
#include "kernels/fully_connected.inc"
