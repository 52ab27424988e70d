#include "kernels/conv_levels.h"

#include <algorithm>
#include <vector>

#include "base/cpu.h"
#include "base/random.h"
#include "plain_rows.h"
#include "variant_test_case.h"

using namespace akida;
using namespace akida::kernels;

namespace {

constexpr std::int32_t kRaise = 100;  // what the hook adds

// A 4-bit layer over a random map, its output with a ring around it.
struct Problem {
  explicit Problem(Random& random) {  // not copied: geometry points into it
    const auto one_to = [&](std::uint32_t limit) {
      return static_cast<std::int32_t>(1 + random.below(limit));
    };
    shape = {one_to(150), one_to(3), one_to(3), one_to(20)};
    lines = one_to(9);
    pixels = one_to(random.below(3) == 0 ? 300 : 30);
    const std::int32_t stride = one_to(2);
    const std::int32_t excess = static_cast<std::int32_t>(random.below(2));
    width = (pixels - 1) * stride + shape.columns + (shape.columns > 1 ? excess : 0);
    const std::int32_t height = (lines - 1) * stride + shape.rows;
    ring = static_cast<std::int32_t>(random.below(3));
    input.resize(static_cast<std::size_t>(width * height * shape.channels) + kConvTileSlack);
    for (auto& level : input) level = static_cast<std::uint8_t>(random.below(16));
    geometry.kernel_rows = shape.rows;
    geometry.run = conv_tile_run(shape.columns, shape.channels);
    geometry.row_stride = std::ptrdiff_t{width} * shape.channels;
    geometry.pixel_stride = std::ptrdiff_t{stride} * shape.channels;
    geometry.line_stride = stride * geometry.row_stride;
    geometry.product_bound = 15 * 7;
    for (std::int32_t n = 0; n < (shape.neurons + 31) / 32 * 32; ++n) {
      start.push_back(static_cast<std::int32_t>(random.below(kRaise)));
    }
    if (random.below(2) == 0) geometry.start = start.data();
    const std::int32_t fan_in = shape.rows * shape.columns * shape.channels;
    std::vector<std::int8_t> plain(static_cast<std::size_t>(shape.neurons * fan_in));
    for (auto& weight : plain) {
      weight = static_cast<std::int8_t>(static_cast<std::int32_t>(random.below(15)) - 7);
    }
    weights = pack_conv_weights(test::PlainRows(plain, shape.neurons), shape);
    const std::int64_t reach = std::int64_t{fan_in} * 7 * 15 + 2 * kRaise;
    std::vector<std::int32_t> thresholds;
    std::vector<float> steps;
    for (std::int32_t n = 0; n < shape.neurons; ++n) {
      thresholds.push_back(static_cast<std::int32_t>(random.below(50)));
      steps.push_back(static_cast<float>(0.1 + 30 * random.uniform()));
    }
    plan = make_levels_plan(4, activation_boundaries(4, thresholds, steps),
                            std::vector<snn::Range>(thresholds.size(), {-reach, reach}));
  }

  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;

  [[nodiscard]] std::int32_t out_width() const { return pixels + 2 * ring; }
  [[nodiscard]] std::size_t output_size() const {
    return static_cast<std::size_t>((lines + 2 * ring) * out_width() * shape.neurons);
  }
  [[nodiscard]] std::ptrdiff_t first_cell() const {
    return std::ptrdiff_t{ring * out_width() + ring} * shape.neurons;
  }

  ConvKernelShape shape;
  ConvTileGeometry geometry;
  std::vector<std::int32_t> start;
  std::int32_t lines = 1, pixels = 1, width = 1, ring = 0;
  AlignedVector<std::uint8_t> input;
  AlignedVector<std::int8_t> weights;
  LevelsPlan plan;
};

struct Result {
  std::vector<std::uint8_t> output;
  std::size_t nonzero = 0;
  bool operator==(const Result&) const = default;
};

// Adds kRaise to the neurons' potentials in the map's first column.
void raise_first_column(const void* /*context*/, const ConvPiece& piece, std::int32_t* potentials) {
  for (std::int32_t i = 0; i < piece.count; ++i) {
    if ((piece.first + i) % piece.pitch != 0) continue;
    for (std::int32_t n = 0; n < kLevelsGroup; ++n) potentials[i * kLevelsGroup + n] += kRaise;
  }
}

// Whole layer at once, by the references.
Result whole(const Problem& problem, bool raised) {
  const std::int32_t blocks = (problem.shape.neurons + 31) / 32;
  const std::int32_t stride = (blocks + 1) / 2 * 64;
  std::vector<std::int32_t> potentials(
      static_cast<std::size_t>(problem.lines * problem.pixels * stride));
  conv_tile_ref(problem.input.data(), problem.geometry, problem.weights.data(),
                {blocks, problem.lines, problem.pixels}, potentials.data(), stride);
  if (raised) {
    const std::int32_t line = problem.pixels * stride;
    for (std::int32_t at = 0; at < problem.lines * line; ++at) {
      if (at % line < problem.shape.neurons) potentials[static_cast<std::size_t>(at)] += kRaise;
    }
  }
  Result result{std::vector<std::uint8_t>(problem.output_size(), 0x5a)};
  for (std::int32_t line = 0; line < problem.lines; ++line) {
    result.nonzero += levels_ref(
        problem.plan.table(), potentials.data() + std::ptrdiff_t{line} * problem.pixels * stride,
        stride, problem.pixels,
        result.output.data() + problem.first_cell() +
            std::ptrdiff_t{line} * problem.out_width() * problem.shape.neurons,
        problem.shape.neurons);
  }
  return result;
}

Result in_pieces(const Problem& problem, ConvTileFn* tile, bool raised) {
  ConvLevelsLayer layer{.tile = tile,
                        .to_levels = levels_kernel(),
                        .geometry = problem.geometry,
                        .weights = problem.weights.data(),
                        .table = problem.plan.table()};
  if (raised) layer.hook.call = raise_first_column;
  Result result{std::vector<std::uint8_t>(problem.output_size(), 0x5a)};
  AlignedVector<std::int32_t> scratch(kConvLevelsScratch);
  const std::ptrdiff_t pixel = problem.shape.neurons;
  result.nonzero =
      conv_levels(layer, problem.input.data(), problem.lines, problem.pixels,
                  {result.output.data() + problem.first_cell(), pixel, pixel * problem.out_width()},
                  scratch.data());
  return result;
}

void check_variant(ConvTileFn* tile, std::uint64_t seed) {
  for (std::uint32_t trial = 0; trial < 150; ++trial) {
    Random random(seed, trial);
    const Problem problem(random);
    const bool raised = random.below(2) == 0;
    if (in_pieces(problem, tile, raised) == whole(problem, raised)) continue;
    FAIL("trial=" << trial << " neurons=" << problem.shape.neurons << " lines=" << problem.lines
                  << " pixels=" << problem.pixels << " ring=" << problem.ring << " seed=" << seed);
  }
}

}  // namespace

#define AKIDA_KERNEL(fn, need, tile)                                       \
  AKIDA_VARIANT_TEST_CASE("pieces by " #fn " equal the whole layer", need, \
                          check_variant(fn, Catch::rngSeed()))
#include "kernels/conv_tile.inc"
