#include "kernels/conv_tile.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/cpu.h"
#include "base/random.h"
#include "guarded.h"
#include "plain_rows.h"
#include "variant_test_case.h"

using namespace akida;
using namespace akida::kernels;

namespace {

// A random convolution over an NHWC map, with the input ending at a guard page after the slack.
struct Problem {
  ConvKernelShape shape;
  std::int32_t stride_x = 1;
  std::int32_t stride_y = 1;
  std::int32_t lines = 1;
  std::int32_t pixels = 1;
  std::int32_t gap = 0;  // potentials between lines, in pixels
  std::int32_t max_input = 255;
  std::int32_t max_weight = 128;

  [[nodiscard]] std::int32_t width() const { return (pixels - 1) * stride_x + shape.columns; }
  [[nodiscard]] std::int32_t height() const { return (lines - 1) * stride_y + shape.rows; }
  [[nodiscard]] std::size_t input_size() const {
    return static_cast<std::size_t>(width() * height() * shape.channels);
  }
  [[nodiscard]] std::size_t weight_count() const {
    return static_cast<std::size_t>(shape.neurons * shape.rows * shape.columns * shape.channels);
  }
  [[nodiscard]] std::int32_t pitch() const { return pixels + gap; }
  [[nodiscard]] std::int32_t blocks() const { return (shape.neurons + 31) / 32; }
  [[nodiscard]] ConvTileGeometry geometry() const {
    ConvTileGeometry geometry;
    geometry.kernel_rows = shape.rows;
    geometry.run = conv_tile_run(shape.columns, shape.channels);
    geometry.row_stride = std::ptrdiff_t{width()} * shape.channels;
    geometry.pixel_stride = std::ptrdiff_t{stride_x} * shape.channels;
    geometry.line_stride = stride_y * geometry.row_stride;
    geometry.product_bound = max_input * max_weight;
    return geometry;
  }
};

Problem random_problem(Random& random, std::int32_t pixels) {
  const auto one_to = [&](std::uint32_t limit) {
    return static_cast<std::int32_t>(1 + random.below(limit));
  };
  Problem problem;
  problem.pixels = pixels;
  problem.lines = one_to(3);
  problem.shape.rows = one_to(7);
  problem.shape.columns = one_to(7);
  problem.shape.channels = one_to(random.below(4) == 0 ? 150 : 20);
  problem.shape.neurons = one_to(100);
  problem.stride_x = one_to(3);
  problem.stride_y = one_to(3);
  constexpr std::int32_t kAdjacent = -1;
  const std::int32_t gap = static_cast<std::int32_t>(random.below(4)) + kAdjacent;
  if (gap == kAdjacent) problem.stride_x = problem.stride_y = 1;
  problem.gap = gap == kAdjacent ? problem.shape.columns - 1 : gap;
  constexpr std::int32_t kInputs[] = {1, 15, 15, 255};
  constexpr std::int32_t kWeights[] = {1, 7, 127, 128};
  problem.max_input = kInputs[random.below(4)];
  problem.max_weight = kWeights[random.below(4)];
  return problem;
}

struct Data {
  explicit Data(const Problem& problem) : input(problem.input_size() + kConvTileSlack) {}
  test::GuardedBytes input;
  std::vector<std::int8_t> weights;
  std::vector<std::int32_t> start;  // per neuron, padded; may be empty
};

// Uniform values, or in a third of the cases only extremes; the slack holds 255 everywhere.
void fill(const Problem& problem, Random& random, Data& data) {
  const bool extreme = random.below(3) == 0;
  const auto max_input = static_cast<std::uint32_t>(problem.max_input);
  for (std::size_t i = 0; i < problem.input_size(); ++i) {
    data.input.data()[i] =
        static_cast<std::uint8_t>(extreme ? max_input : random.below(max_input + 1));
  }
  std::fill_n(data.input.data() + problem.input_size(), kConvTileSlack, std::uint8_t{255});
  const std::int32_t low = -problem.max_weight;
  const std::int32_t high = std::min(problem.max_weight, 127);
  for (std::size_t i = 0; i < problem.weight_count(); ++i) {
    const std::int32_t uniform =
        low + static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low + 1)));
    data.weights.push_back(
        static_cast<std::int8_t>(extreme ? (random.below(8) != 0 ? low : high) : uniform));
  }
}

// The definition, over (line, x, neuron, row, column, channel).
std::int64_t brute_force(const Problem& problem, Data& data, std::int32_t line, std::int32_t x,
                         std::int32_t neuron) {
  const ConvKernelShape& shape = problem.shape;
  std::int64_t sum = 0;
  for (std::int32_t row = 0; row < shape.rows; ++row) {
    for (std::int32_t column = 0; column < shape.columns; ++column) {
      for (std::int32_t channel = 0; channel < shape.channels; ++channel) {
        const std::int32_t in_y = line * problem.stride_y + row;
        const std::int32_t in_x = x * problem.stride_x + column;
        const std::int32_t at = (in_y * problem.width() + in_x) * shape.channels + channel;
        const std::int32_t weight =
            ((neuron * shape.rows + row) * shape.columns + column) * shape.channels + channel;
        sum += std::int64_t{data.input.data()[at]} * data.weights[static_cast<std::size_t>(weight)];
      }
    }
  }
  return sum;
}

std::vector<std::int32_t> run(ConvTileFn* fn, const Problem& problem, Data& data,
                              std::int32_t potential_stride) {
  const auto packed =
      pack_conv_weights(test::PlainRows(data.weights, problem.shape.neurons), problem.shape);
  std::vector<std::int32_t> memory(
      2 * test::kGuard + static_cast<std::size_t>((problem.lines * problem.pitch() - problem.gap) *
                                                  potential_stride),
      test::kUntouched);
  ConvTileGeometry geometry = problem.geometry();
  if (!data.start.empty()) geometry.start = data.start.data();
  fn(data.input.data(), geometry, packed.data(),
     {problem.blocks(), problem.lines, problem.pixels, problem.pitch()},
     memory.data() + test::kGuard, potential_stride);
  for (std::int32_t line = 1; line < problem.lines; ++line) {
    std::fill_n(
        memory.begin() + test::kGuard + (line * problem.pitch() - problem.gap) * potential_stride,
        problem.gap * potential_stride, test::kUntouched);
  }
  return memory;
}

void check_variant(ConvTileFn* fn, std::int32_t tile, std::uint64_t seed) {
  for (std::int32_t pixels = 1; pixels <= 3 * tile + 3; ++pixels) {
    for (std::uint32_t trial = 0; trial < 6; ++trial) {
      Random random(seed, static_cast<std::uint32_t>(pixels), trial);
      const Problem problem = random_problem(random, pixels);
      Data data(problem);
      fill(problem, random, data);
      const std::int32_t stride =
          problem.blocks() * 32 + static_cast<std::int32_t>(random.below(2) * random.below(40));
      const auto want = run(conv_tile_ref, problem, data, stride);
      const auto got = run(fn, problem, data, stride);
      const auto at = std::mismatch(got.begin(), got.end(), want.begin());
      if (at.first == got.end()) continue;
      FAIL("pixels=" << pixels << " trial=" << trial << " lines=" << problem.lines
                     << " rows=" << problem.shape.rows << " run=" << problem.geometry().run
                     << " stride=" << problem.stride_x << " bound="
                     << problem.geometry().product_bound << " at=" << at.first - got.begin()
                     << " got=" << *at.first << " want=" << *at.second << " seed=" << seed);
    }
  }
}

}  // namespace

TEST_CASE("the reference convolution equals six loops over the definition") {
  for (std::uint32_t trial = 0; trial < 300; ++trial) {
    Random random(Catch::rngSeed(), trial);
    const Problem problem = random_problem(random, static_cast<std::int32_t>(1 + random.below(9)));
    Data data(problem);
    fill(problem, random, data);
    const std::int32_t stride = problem.blocks() * 32;
    const auto got = run(conv_tile_ref, problem, data, stride);
    for (std::int32_t line = 0; line < problem.lines; ++line) {
      for (std::int32_t x = 0; x < problem.pixels; ++x) {
        for (std::int32_t neuron = 0; neuron < stride; ++neuron) {
          const std::int64_t want =
              neuron < problem.shape.neurons ? brute_force(problem, data, line, x, neuron) : 0;
          const std::int32_t at = (line * problem.pitch() + x) * stride + neuron;
          if (got[test::kGuard + static_cast<std::size_t>(at)] != want) {
            FAIL("trial=" << trial << " line=" << line << " x=" << x << " neuron=" << neuron
                          << " want=" << want << " seed=" << Catch::rngSeed());
          }
        }
      }
    }
  }
}

TEST_CASE("a packed run is whole chunks of 4-byte groups with little excess") {
  CHECK(conv_tile_run(3, 3) == 12);
  CHECK(conv_tile_run(3, 64) == 192);
  CHECK(conv_tile_run(1, 1) == 4);
  CHECK(conv_tile_run(5, 13) == 72);
  for (std::int32_t columns = 1; columns <= 7; ++columns) {
    for (std::int32_t channels = 1; channels <= 600; ++channels) {
      const std::int32_t run = conv_tile_run(columns, channels);
      const std::int32_t chunks = (run + 63) / 64;
      REQUIRE(run >= columns * channels);
      REQUIRE(run - columns * channels < static_cast<std::int32_t>(kConvTileSlack));
      REQUIRE(run % (4 * chunks) == 0);
    }
  }
}

#if defined(__x86_64__)
TEST_CASE("AMX computes lines with few cells between them as one line") {
  ConvTileGeometry geometry;
  geometry.pixel_stride = 64;
  geometry.row_stride = geometry.line_stride = std::ptrdiff_t{58} * 64;
  CHECK(conv_tile_pitch(conv_tile_amx, geometry, 56) == 58);
  CHECK(conv_tile_pitch(conv_tile_avx512vnni, geometry, 56) == 0);
  CHECK(conv_tile_pitch(conv_tile_amx, geometry, 30) == 0);  // nearly half would be wasted
  geometry.line_stride = 2 * geometry.row_stride;
  CHECK(conv_tile_pitch(conv_tile_amx, geometry, 56) == 0);
  geometry.line_stride = geometry.row_stride + 1;
  CHECK(conv_tile_pitch(conv_tile_amx, geometry, 56) == 0);
}
#endif

TEST_CASE("without any CPU feature the reference convolves") {
  set_cpu_mask(0);
  CHECK(conv_tile() == conv_tile_ref);
  set_cpu_mask(~0U);
}

#define AKIDA_KERNEL(fn, need, tile)                         \
  AKIDA_VARIANT_TEST_CASE(#fn " equals the reference", need, \
                          check_variant(fn, tile, Catch::rngSeed()))
#include "kernels/conv_tile.inc"
