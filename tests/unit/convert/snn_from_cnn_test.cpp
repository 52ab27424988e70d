#include "convert/snn_from_cnn.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "engine/engine.h"
#include "plain_cnn.h"
#include "random_quantized_cnn.h"
#include "snn/bounds.h"

using namespace akida;
using lower::Block;
using lower::LoweredNetwork;
using test::Map;
using test::Real;

namespace {

constexpr std::int64_t kSamples = 3;

Dense random_samples(const cnn::Network& network, const LoweredNetwork& lowered, Random& random) {
  const cnn::Dims& shape = network.input_shape();
  Dense samples(DType::kU8, {kSamples, shape[0], shape[1], shape[2]});
  const std::uint32_t values = 1U << lowered.input_bits;
  for (std::uint8_t& value : samples.data<std::uint8_t>()) {
    value = static_cast<std::uint8_t>(random.below(values));
  }
  return samples;
}

// The SNN's levels (or potentials) of one layer for every sample.
Dense observed(const snn::Model& model, std::size_t layer, const Dense& samples) {
  engine::Engine engine(model, {.jobs = 1});
  Dense values;
  const auto what = snn::outputs_potentials(model.layer(layer)) ? engine::Observed::kPotentials
                                                                : engine::Observed::kSpikes;
  engine.observe(layer, what, [&](const io::Batch&, const Dense& batch) { values = batch; });
  io::Batch batch;
  batch.size = kSamples;
  batch.dense = samples;
  for (int i = 0; i < kSamples; ++i) batch.ids.push_back(std::to_string(i));
  static_cast<void>(engine.forward(batch));
  return values;
}

Map map_of(const Dense& values, std::int64_t sample, Real unit, Real offset) {
  const auto& dims = values.dims();
  Map map(static_cast<std::int32_t>(dims[1]), static_cast<std::int32_t>(dims[2]),
          static_cast<std::int32_t>(dims[3]));
  const auto size = static_cast<std::int64_t>(map.values.size());
  for (std::int64_t i = 0; i < size; ++i) {
    map.values[static_cast<std::size_t>(i)] =
        static_cast<Real>(values.value(sample * size + i)) * unit + offset;
  }
  return map;
}

// The CNN's own layers from the first of a block to just before the next block, in long double.
Map run_block(const cnn::Network& network, std::size_t first, std::size_t end, Map map,
              Real padded) {
  for (std::size_t i = first; i < end; ++i) {
    if (network.layer(i).type() == cnn::LayerType::kSoftmax) break;
    map = test::plain_layer(network.layer(i), map, padded);
    padded = 0;
  }
  return map;
}

struct Counts {
  std::int64_t levels = 0;
  std::int64_t inexact = 0;  // levels of filters whose boundaries are not the exact ones
  std::int64_t different = 0;
};

class Comparison {
 public:
  explicit Comparison(std::uint64_t seed)
      : network_(test::random_quantized_cnn(seed)),
        lowered_(lower::lower(network_)),
        model_(convert::snn_from_cnn(network_, lowered_)),
        random_(seed) {}

  Counts run() {
    const Dense samples = random_samples(network_, lowered_, random_);
    const std::size_t first_layer = lowered_.input == lower::InputKind::kImage ? 0 : 1;
    REQUIRE(model_.layers().size() == lowered_.blocks.size() + first_layer);
    Dense input = samples;
    for (std::size_t i = 0; i < lowered_.blocks.size(); ++i) {
      check_bounds(i + first_layer, lowered_.blocks[i]);
      const Dense output = observed(model_, i + first_layer, samples);
      for (std::int64_t sample = 0; sample < kSamples; ++sample) compare(i, input, output, sample);
      input = output;
    }
    return counts_;
  }

 private:
  void check_bounds(std::size_t layer, const Block& block) const {
    CHECK(snn::potential_ranges(model_).at(layer) == block.potentials);
    if (block.operation == lower::Operation::kSeparable) {
      CHECK(snn::depthwise_ranges(model_.layer(layer)) == block.channel_sums);
    }
  }

  // Levels, or the values of a last block without activation, of the layers' own formula.
  void compare(std::size_t index, const Dense& input, const Dense& output, std::int64_t sample) {
    const Block& block = lowered_.blocks[index];
    Real unit = 1 / static_cast<Real>(lowered_.scaling_a);
    Real offset = -static_cast<Real>(lowered_.scaling_b) * unit;
    if (index > 0) {
      unit = lowered_.blocks[index - 1].level_value;
      offset = 0;
    }
    const bool is_last = index + 1 == lowered_.blocks.size();
    const std::size_t end =
        is_last ? network_.layers().size() : lowered_.blocks[index + 1].layers.front();
    std::size_t first = block.layers.front();
    while (first > 0 && network_.layer(first - 1).type() == cnn::LayerType::kReshape) --first;
    const Map expected = run_block(network_, first, end, map_of(input, sample, unit, offset),
                                   block.padding_value * unit + offset);
    const Map got = map_of(output, sample, 1, 0);
    REQUIRE(got.values.size() == expected.values.size());
    for (std::size_t i = 0; i < got.values.size(); ++i) {
      const std::size_t filter = i % block.filters();
      block.activation_bits > 0 ? compare_level(block, filter, got.values[i], expected.values[i])
                                : compare_value(block, filter, got.values[i], expected.values[i]);
    }
  }

  void compare_level(const Block& block, std::size_t filter, Real level, Real expected) {
    const auto count = static_cast<std::ptrdiff_t>(block.boundaries.size() / block.filters());
    const auto first = block.boundaries.begin() + static_cast<std::ptrdiff_t>(filter) * count;
    const auto exact = block.exact_boundaries.begin() + static_cast<std::ptrdiff_t>(filter) * count;
    const std::int64_t high = block.potentials[filter].high;
    const bool is_exact = std::equal(first, first + count, exact, [&](auto a, auto b) {
      return std::min(a, high) == std::min(b, high);
    });
    const Real wanted = std::nearbyint(expected / static_cast<Real>(block.level_value));
    ++counts_.levels;
    counts_.inexact += is_exact ? 0 : 1;
    counts_.different += level != wanted;
    if (is_exact && level != wanted) {
      FAIL("block " << block.name << ", filter " << filter << ": level " << level << ", not "
                    << wanted);
    }
  }

  void compare_value(const Block& block, std::size_t filter, Real potential, Real expected) {
    const double value =
        (static_cast<double>(potential) - block.shift[filter]) * block.scale[filter];
    const auto magnitude = static_cast<double>(std::abs(expected)) + 1;
    if (std::abs(value - static_cast<double>(expected)) > 1e-9 * magnitude) {
      FAIL("block " << block.name << ", filter " << filter << ": " << value << ", not "
                    << expected);
    }
  }

  cnn::Network network_;
  LoweredNetwork lowered_;
  snn::Model model_;
  Random random_;
  Counts counts_;
};

}  // namespace

TEST_CASE("an SNN has the levels of the quantized layers' own formula") {
  Counts sum;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    const Counts counts = Comparison(seed).run();
    sum.levels += counts.levels;
    sum.inexact += counts.inexact;
    sum.different += counts.different;
  }
  CHECK(sum.levels > 10000);
  CHECK(sum.inexact < sum.levels / 2);
  CHECK(sum.different < sum.inexact / 10);
}

TEST_CASE("an SNN carries what its CNN says about itself") {
  cnn::Network network = test::random_quantized_cnn(3);
  network.info.name = "name";
  network.info.history = {{"tool", "1", "", ""}};
  network.info.metadata = {{"key", "value"}};
  network.info.class_names = {"a", "b"};
  network.info.anchors = {1, 2};
  const LoweredNetwork lowered = lower::lower(network);
  ModelInfo expected = network.info;
  expected.scaling_a = lowered.scaling_a;
  expected.scaling_b = lowered.scaling_b;
  CHECK(convert::snn_from_cnn(network, lowered).info == expected);
}

TEST_CASE("a network with an error among its findings is refused") {
  const cnn::Network network = test::random_quantized_cnn(3);
  LoweredNetwork lowered = lower::lower(network);
  lowered.findings = {{false, "a", "warns"}, {true, "b", "fails"}};
  CHECK_THROWS_WITH(convert::snn_from_cnn(network, lowered), "layer 'b': fails");
}

TEST_CASE("thresholds and steps are held against the bits of hardware") {
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 1, .height = 1, .channels = 1}, 4}});
  snn::Layer layer{.name = "fc",
                   .parameters = snn::FullyConnected{.num_neurons = 3,
                                                     .activation = {.threshold_fire_bits = 2}}};
  layer.variables.threshold_fire = {524287, -524288, 0};
  layer.variables.threshold_fire_step = {1048575, 1, 1};
  model.add(layer);
  CHECK(convert::wide_thresholds(model, 20).empty());
  model.variables(1).threshold_fire = {0, -524289, 524288};
  model.variables(1).threshold_fire_step = {1048576, 1, 1};
  CHECK(convert::wide_thresholds(model, 20) ==
        std::vector<lower::Finding>{
            {false, "fc",
             "threshold_fire -524289 of filter 1 does not fit the 20 bits of hardware, "
             "-524288..524287 (2 of 3 filters)"},
            {false, "fc",
             "threshold_fire_step 1048576 of filter 0 does not fit the 20 bits of hardware, "
             "0..1048575 (1 of 3 filters)"}});
}
