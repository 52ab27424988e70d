// Levels of whole networks on both sides of every boundary of testdata/boundaries: every kind of
// layer, 1 to 8 bits, every CPU mask, maps with few and with many non-zero inputs.
#include <array>
#include <catch2/catch.hpp>

#include "base/cpu.h"
#include "boundary_table.h"
#include "engine/engine.h"

using namespace akida;

namespace {

constexpr std::array<const char*, 6> kMasks = {"none", "avx2", "avx512", "vnni", "amx", "all"};

// Weights of one input in a layer's two stages; the second is 1 where there is only one.
struct Input {
  std::int32_t first = 0, second = 0;
  [[nodiscard]] std::int64_t size() const { return std::int64_t{first} * second; }
};

// Inputs of 0..255 that can be set to any potential: `count` of the largest weights, then 127 and
// 1, the same with the other sign, and some without weight that make a map dense or sparse.
std::vector<Input> make_inputs(Input largest, std::size_t count) {
  std::vector<Input> inputs(count, largest);
  inputs.push_back({127, 1});
  inputs.push_back({1, 1});
  const std::size_t side = inputs.size();
  for (std::size_t i = 0; i < side; ++i) inputs.push_back({-inputs[i].first, inputs[i].second});
  inputs.resize(inputs.size() + 82);
  while (inputs.size() % 3 != 0) inputs.emplace_back();
  return inputs;
}

std::int64_t reach_of(const std::vector<Input>& inputs) {
  std::int64_t reach = 0;
  for (const Input& input : inputs) reach += 255 * std::max<std::int64_t>(input.size(), 0);
  return reach;
}

// [potentials][inputs]: values whose weighted sum is the potential; `rest` without weight.
std::vector<std::uint8_t> values_for(const std::vector<std::int64_t>& potentials,
                                     const std::vector<Input>& inputs, std::uint8_t rest) {
  std::vector<std::uint8_t> values;
  for (std::int64_t potential : potentials) {
    for (const Input& input : inputs) {
      const std::int64_t size = input.size();
      const std::int64_t fitting = size == 0 ? rest : std::min<std::int64_t>(potential / size, 255);
      values.push_back(static_cast<std::uint8_t>(std::max<std::int64_t>(fitting, 0)));
      potential -= values.back() * size;
    }
    REQUIRE(potential == 0);
  }
  return values;
}

// The weight of every input, alike for all neurons: [inputs][neurons].
Dense weights_of(const std::vector<Input>& inputs, std::int32_t Input::*stage, std::int64_t neurons,
                 std::vector<std::int64_t> dims) {
  std::vector<std::int8_t> values;
  for (const Input& input : inputs) {
    values.insert(values.end(), static_cast<std::size_t>(neurons),
                  static_cast<std::int8_t>(input.*stage));
  }
  return Dense::from<std::int8_t>(values, std::move(dims));
}

// A layer for `inputs`, and how its potentials lie in a batch. Every potential has its own row of
// the map, or its own sample.
struct Problem {
  std::string name;
  snn::Model model;
  std::vector<std::int64_t> dims;  // of the dense batch
};

snn::Activation activation_for(const std::vector<BoundaryRow>& rows) {
  return {.threshold_fire_bits = rows[0].bits};
}

void set_boundaries(snn::Layer& layer, const std::vector<BoundaryRow>& rows) {
  for (const BoundaryRow& row : rows) {
    layer.variables.threshold_fire.push_back(row.threshold);
    layer.variables.threshold_fire_step.push_back(row.step);
  }
}

Problem fully_connected(const std::vector<Input>& inputs, const std::vector<BoundaryRow>& rows,
                        std::int64_t potentials) {
  const auto count = static_cast<std::int32_t>(inputs.size());
  const auto neurons = static_cast<std::int32_t>(rows.size());
  Problem problem{"FullyConnected", {}, {potentials, 1, 1, count}};
  problem.model.add({.parameters = snn::InputData{{1, 1, count}, 8}});
  snn::Layer layer{.parameters = snn::FullyConnected{neurons, 8, activation_for(rows)}};
  layer.variables.weights = weights_of(inputs, &Input::first, neurons, {1, 1, count, neurons});
  set_boundaries(layer, rows);
  problem.model.add(layer);
  return problem;
}

// With pooling, two lines of the map make a potential.
Problem convolutional(const std::vector<Input>& inputs, const std::vector<BoundaryRow>& rows,
                      std::int64_t potentials,
                      snn::PoolingType pooling = snn::PoolingType::kNoPooling) {
  const auto count = static_cast<std::int32_t>(inputs.size());
  const auto neurons = static_cast<std::int32_t>(rows.size());
  const bool pools = pooling != snn::PoolingType::kNoPooling;
  const auto lines = static_cast<std::int32_t>(pools ? 2 * potentials : potentials);
  Problem problem{fmt::format("Convolutional {}", name_of(pooling)), {}, {1, lines, 1, count}};
  problem.model.add({.parameters = snn::InputData{{1, lines, count}, 8}});
  snn::Layer layer{.parameters = snn::Convolutional{.num_neurons = neurons,
                                                    .weights_bits = 8,
                                                    .pooling = {pooling, 1, 2},
                                                    .activation = activation_for(rows)}};
  layer.variables.weights = weights_of(inputs, &Input::first, neurons, {1, 1, count, neurons});
  set_boundaries(layer, rows);
  problem.model.add(layer);
  return problem;
}

// The potentials of a Convolutional layer, activated by a Concat.
Problem concat(const std::vector<Input>& inputs, const std::vector<BoundaryRow>& rows,
               std::int64_t potentials) {
  Problem problem = convolutional(inputs, rows, potentials);
  problem.name = "Concat";
  snn::Layer layer = problem.model.layers().back();
  snn::activation_of(layer)->enabled = false;
  problem.model.pop_layer();
  problem.model.add(layer);
  snn::Layer joined{.parameters = snn::Concat{activation_for(rows)}};
  set_boundaries(joined, rows);
  problem.model.add(joined);
  return problem;
}

Problem input_convolutional(const std::vector<Input>& inputs, const std::vector<BoundaryRow>& rows,
                            std::int64_t potentials) {
  const auto width = static_cast<std::int32_t>(inputs.size() / 3);
  const auto neurons = static_cast<std::int32_t>(rows.size());
  Problem problem{"InputConvolutional", {}, {1, potentials, width, 3}};
  snn::Layer layer{.parameters = snn::InputConvolutional{
                       .input = {width, static_cast<std::int32_t>(potentials), 3},
                       .num_neurons = neurons,
                       .weights_bits = 8,
                       .convolution = {.kernel_width = width, .mode = snn::ConvolutionMode::kValid},
                       .activation = activation_for(rows)}};
  layer.variables.weights = weights_of(inputs, &Input::first, neurons, {width, 1, 3, neurons});
  set_boundaries(layer, rows);
  problem.model.add(layer);
  return problem;
}

Problem separable(const std::vector<Input>& inputs, const std::vector<BoundaryRow>& rows,
                  std::int64_t potentials) {
  const auto count = static_cast<std::int32_t>(inputs.size());
  const auto neurons = static_cast<std::int32_t>(rows.size());
  Problem problem{"SeparableConvolutional", {}, {1, potentials, 1, count}};
  problem.model.add(
      {.parameters = snn::InputData{{1, static_cast<std::int32_t>(potentials), count}, 8}});
  snn::Layer layer{.parameters = snn::SeparableConvolutional{.num_neurons = neurons,
                                                             .weights_bits = 8,
                                                             .activation = activation_for(rows)}};
  layer.variables.weights = weights_of(inputs, &Input::first, 1, {1, 1, count, 1});
  layer.variables.weights_pw = weights_of(inputs, &Input::second, neurons, {1, 1, count, neurons});
  set_boundaries(layer, rows);
  problem.model.add(layer);
  return problem;
}

void check_levels(const Problem& problem, const std::vector<BoundaryRow>& rows,
                  const std::vector<std::int64_t>& potentials,
                  const std::vector<std::uint8_t>& values) {
  io::Batch batch;
  batch.size = static_cast<std::size_t>(problem.dims[0]);
  for (std::size_t i = 0; i < batch.size; ++i) batch.ids.push_back(std::to_string(i));
  batch.dense = Dense::from<std::uint8_t>(values, problem.dims);
  for (const char* mask : kMasks) {
    set_cpu_mask(parse_cpu_mask(mask));
    const Dense levels = engine::Engine(problem.model, {.jobs = 1}).forward(batch);
    set_cpu_mask(~0U);
    const auto got = levels.data<std::uint8_t>();
    REQUIRE(got.size() == potentials.size() * rows.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      const BoundaryRow& row = rows[i % rows.size()];
      const std::int64_t potential = potentials[i / rows.size()];
      if (got[i] == row.level(potential)) continue;
      FAIL(problem.name << ", mask " << mask << ": bits " << row.bits << " threshold "
                        << row.threshold << " step " << row.step << " potential " << potential
                        << ": level " << int{got[i]} << ", not " << row.level(potential));
    }
  }
}

// The neurons of a bit width all in one layer, and each in a layer of its own kind: faster forms of
// the activation depend on all neurons of a layer.
std::vector<std::vector<BoundaryRow>> layers_of(std::int32_t bits) {
  std::vector<std::vector<BoundaryRow>> layers = {boundary_rows(bits)};
  REQUIRE(layers[0].size() == 20);
  for (const BoundaryRow& row : boundary_rows(bits)) layers.emplace_back(3, row);
  return layers;
}

}  // namespace

TEST_CASE("levels of every layer type change exactly at the boundaries, on every CPU mask") {
  const std::vector<Input> inputs = make_inputs({127, 1}, 8);
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    for (const std::vector<BoundaryRow>& rows : layers_of(bits)) {
      const auto potentials = potentials_around(rows, reach_of(inputs));
      const auto count = static_cast<std::int64_t>(potentials.size());
      for (const std::uint8_t rest : std::array<std::uint8_t, 2>{0, 255}) {
        const auto values = values_for(potentials, inputs, rest);
        check_levels(fully_connected(inputs, rows, count), rows, potentials, values);
        check_levels(convolutional(inputs, rows, count), rows, potentials, values);
        check_levels(concat(inputs, rows, count), rows, potentials, values);
        check_levels(input_convolutional(inputs, rows, count), rows, potentials, values);
        check_levels(separable(inputs, rows, count), rows, potentials, values);
      }
    }
  }
}

TEST_CASE("levels of pooled potentials change exactly at the boundaries, on every CPU mask") {
  const std::vector<Input> inputs = make_inputs({127, 1}, 8);
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    for (const std::vector<BoundaryRow>& rows : layers_of(bits)) {
      const auto potentials = potentials_around(rows, reach_of(inputs));
      const auto count = static_cast<std::int64_t>(potentials.size());
      std::vector<std::int64_t> highest, summed;  // pairs that pool to the potentials
      for (std::int64_t potential : potentials) {
        highest.insert(highest.end(), {potential, -reach_of(inputs)});
        summed.insert(summed.end(), {potential / 2, potential - potential / 2});
      }
      check_levels(convolutional(inputs, rows, count, snn::PoolingType::kMax), rows, potentials,
                   values_for(highest, inputs, 0));
      check_levels(convolutional(inputs, rows, count, snn::PoolingType::kAverage), rows, potentials,
                   values_for(summed, inputs, 0));
    }
  }
}

TEST_CASE("boundaries near 2^30 are as exact, on every CPU mask") {
  const std::vector<Input> inputs = make_inputs({127, 127}, 265);
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    for (const std::vector<BoundaryRow>& rows : layers_of(bits)) {
      const auto potentials = potentials_around(rows, reach_of(inputs));
      const auto values = values_for(potentials, inputs, 0);
      check_levels(separable(inputs, rows, static_cast<std::int64_t>(potentials.size())), rows,
                   potentials, values);
    }
  }
}
