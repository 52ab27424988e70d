#include "kernels/bit_planes.h"

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

// One row of windows over a random binary map.
struct Problem {
  explicit Problem(Random& random) {
    const auto one_to = [&](std::uint32_t limit) {
      return static_cast<std::int32_t>(1 + random.below(limit));
    };
    constexpr std::int32_t kChannels[] = {1, 31, 32, 33, 64, 65, 96, 200};
    shape.rows = one_to(5);
    shape.columns = one_to(5);
    shape.channels = random.below(2) == 0 ? kChannels[random.below(8)] : one_to(100);
    shape.neurons = one_to(150);
    stride_x = one_to(3);
    pixels = one_to(11);
    has_minus = random.below(2) == 0;
    const double density = random.uniform();
    map.resize(static_cast<std::size_t>(shape.rows * columns() * shape.channels));
    for (std::uint8_t& cell : map) {
      cell = static_cast<std::uint8_t>(random.uniform() < density ? 1 + random.below(255) : 0);
    }
    weights.resize(
        static_cast<std::size_t>(shape.neurons * shape.rows * shape.columns * shape.channels));
    const bool all_ones = random.below(4) == 0;
    for (std::int8_t& weight : weights) {
      const auto uniform = static_cast<std::int32_t>(random.below(has_minus ? 3 : 2));
      weight = static_cast<std::int8_t>(all_ones ? 1 : has_minus ? uniform - 1 : uniform);
    }
  }

  [[nodiscard]] std::int32_t columns() const { return (pixels - 1) * stride_x + shape.columns; }
  [[nodiscard]] std::int32_t blocks() const { return (shape.neurons + 63) / 64; }

  // The definition.
  [[nodiscard]] std::int32_t potential(std::int32_t p, std::int32_t neuron) const {
    std::int32_t sum = 0;
    for (std::int32_t row = 0; row < shape.rows; ++row) {
      for (std::int32_t column = 0; column < shape.columns; ++column) {
        for (std::int32_t c = 0; c < shape.channels; ++c) {
          const std::int32_t x = p * stride_x + column;
          const std::int32_t weight =
              ((neuron * shape.rows + row) * shape.columns + column) * shape.channels + c;
          if (map[static_cast<std::size_t>((row * columns() + x) * shape.channels + c)] != 0) {
            sum += weights[static_cast<std::size_t>(weight)];
          }
        }
      }
    }
    return sum;
  }

  ConvKernelShape shape;
  std::int32_t stride_x = 1;
  std::int32_t pixels = 1;
  bool has_minus = true;
  std::vector<std::uint8_t> map;
  std::vector<std::int8_t> weights;
};

void check_pack_bits(PackBitsFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 1, trial);
    const Problem problem(random);
    test::GuardedBytes cells(problem.map.size() + 31);
    std::copy(problem.map.begin(), problem.map.end(), cells.data());
    std::fill_n(cells.data() + problem.map.size(), 31, std::uint8_t{255});
    const std::int32_t channels = problem.shape.channels;
    const auto count = problem.map.size() / static_cast<std::size_t>(channels);
    const auto dwords = static_cast<std::size_t>(bit_dwords(channels));
    std::vector<std::uint32_t> got(count * dwords + test::kGuard, test::kUntouched);
    fn(cells.data(), count, channels, got.data());
    std::vector<std::uint32_t> want(count * dwords);
    for (std::size_t i = 0; i < problem.map.size(); ++i) {
      const std::size_t c = i % static_cast<std::size_t>(channels);
      if (problem.map[i] == 0) continue;
      want[i / static_cast<std::size_t>(channels) * dwords + c / 32] |= std::uint32_t{1} << c % 32;
    }
    want.resize(got.size(), test::kUntouched);
    if (got != want) FAIL("trial=" << trial << " channels=" << channels << " seed=" << seed);
  }
}

void check_bit_planes(BitPlanesFn* fn, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    Random random(seed, 2, trial);
    const Problem problem(random);
    const std::int32_t channels = problem.shape.channels;
    const auto dwords = static_cast<std::size_t>(bit_dwords(channels));
    const std::size_t cells = problem.map.size() / static_cast<std::size_t>(channels);
    std::vector<std::uint32_t> bits(cells * dwords);
    pack_bits_ref(problem.map.data(), cells, channels, bits.data());
    const auto packed = pack_bit_planes(test::PlainRows(problem.weights, problem.shape.neurons),
                                        problem.shape, problem.has_minus);
    const BitWindows windows = {.bits = bits.data(),
                                .pixels = problem.pixels,
                                .pixel_stride = static_cast<std::size_t>(problem.stride_x) * dwords,
                                .rows = problem.shape.rows,
                                .row_stride = static_cast<std::size_t>(problem.columns()) * dwords,
                                .run = problem.shape.columns * bit_dwords(channels),
                                .blocks = problem.blocks(),
                                .has_minus = problem.has_minus};
    const std::int32_t padded = problem.blocks() * 64;
    const std::int32_t stride = padded + static_cast<std::int32_t>(random.below(5));
    std::vector<std::int32_t> got(static_cast<std::size_t>(problem.pixels * stride) + test::kGuard,
                                  test::kUntouched);
    fn(windows, packed.data(), got.data(), stride);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const auto p = static_cast<std::int32_t>(i) / stride;
      const auto n = static_cast<std::int32_t>(i) % stride;
      std::int32_t want = test::kUntouched;
      if (p < problem.pixels && n < padded) {
        want = n < problem.shape.neurons ? problem.potential(p, n) : 0;
      }
      if (got[i] == want) continue;
      FAIL("trial=" << trial << " pixel=" << p << " neuron=" << n << " channels=" << channels
                    << " run=" << windows.run << " got=" << got[i] << " want=" << want
                    << " seed=" << seed);
    }
  }
}

}  // namespace

TEST_CASE("a long row of equal bits is counted without overflow") {
  const std::int32_t inputs = 32 * 1000;
  const std::vector<std::uint32_t> bits(1000, ~0U);
  const ConvKernelShape shape = {.neurons = 2, .channels = inputs};
  std::vector<std::int8_t> weights(2 * static_cast<std::size_t>(inputs), 1);
  std::fill(weights.begin() + inputs, weights.end(), std::int8_t{-1});
  const auto packed = pack_bit_planes(test::PlainRows(weights, 2), shape, true);
  std::vector<std::int32_t> potentials(64);
  const BitWindows windows = {bits.data(), 1, 0, 1, 0, 1000, 1, true};
  bit_planes()(windows, packed.data(), potentials.data(), 64);
  CHECK(potentials[0] == inputs);
  CHECK(potentials[1] == -inputs);
  CHECK(potentials[2] == 0);
}

TEST_CASE("without any CPU feature the references count bits") {
  set_cpu_mask(0);
  CHECK(pack_bits() == pack_bits_ref);
  CHECK(bit_planes() == bit_planes_ref);
  set_cpu_mask(~0U);
}

#define AKIDA_PACK_BITS(fn, need) \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, check_pack_bits(fn, Catch::rngSeed()))
#define AKIDA_BIT_PLANES(fn, need)                            \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the definition", need, \
                          check_bit_planes(fn, Catch::rngSeed()))
#include "kernels/bit_planes.inc"
