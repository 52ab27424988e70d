#include "engine/engine.h"

#include <catch2/catch.hpp>

#include "snn/random_weights.h"

using namespace akida;
using namespace akida::engine;

namespace {

Dense u8_samples(std::vector<std::int64_t> dims, std::vector<std::uint8_t> values) {
  return Dense::from<std::uint8_t>(values, std::move(dims));
}

io::Batch dense_batch(std::vector<std::int64_t> dims, std::vector<std::uint8_t> values) {
  io::Batch batch;
  batch.size = static_cast<std::size_t>(dims[0]);
  batch.dense = u8_samples(std::move(dims), std::move(values));
  return batch;
}

template <typename T>
std::vector<T> values_of(const Dense& dense) {
  return {dense.data<T>().begin(), dense.data<T>().end()};
}

Dense weights(std::vector<std::int8_t> values, std::vector<std::int64_t> dims) {
  return Dense::from<std::int8_t>(values, std::move(dims));
}

// The two layers of spec/engine.md: one neuron fires for either input, one only for both, and the
// last one subtracts the second from the first.
snn::Model xor_model() {
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 1, .height = 1, .channels = 2}, 1}});
  snn::Layer hidden{.parameters = snn::FullyConnected{.num_neurons = 2, .weights_bits = 1}};
  hidden.variables.weights = weights({1, 1, 1, 1}, {1, 1, 2, 2});
  hidden.variables.threshold_fire = {0, 1};
  model.add(hidden);
  snn::Layer output{.parameters = snn::FullyConnected{.num_neurons = 1, .weights_bits = 2}};
  output.variables.weights = weights({1, -1}, {1, 1, 2, 1});
  model.add(output);
  return model;
}

// A FullyConnected layer without activations whose neuron n copies input n, times `weight`.
snn::Model copy_model(std::int32_t neurons, std::int8_t weight, bool enabled) {
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 1, .height = 1, .channels = neurons}, 4}});
  snn::Layer layer{.name = "copy",
                   .parameters = snn::FullyConnected{
                       .num_neurons = neurons,
                       .weights_bits = 4,
                       .activation = {.enabled = enabled, .threshold_fire_bits = 4}}};
  std::vector<std::int8_t> diagonal(static_cast<std::size_t>(neurons * neurons));
  for (std::size_t n = 0; n < diagonal.size(); n += static_cast<std::size_t>(neurons) + 1) {
    diagonal[n] = weight;
  }
  layer.variables.weights = weights(diagonal, {1, 1, neurons, neurons});
  model.add(layer);
  return model;
}

}  // namespace

TEST_CASE("two layers of binary neurons compute XOR") {
  Engine engine(xor_model());
  const Dense output = engine.forward(dense_batch({4, 1, 1, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  CHECK(output.dims() == std::vector<std::int64_t>{4, 1, 1, 1});
  CHECK(values_of<std::uint8_t>(output) == std::vector<std::uint8_t>{0, 1, 1, 0});
}

TEST_CASE("evaluate shifts and scales in double and rounds once") {
  snn::Model model = copy_model(2, 1, false);
  model.variables(1).shift = {0.1, -3};
  model.variables(1).scale = {1.0 / 3, 1e-9};
  Engine engine(model);
  const io::Batch batch = dense_batch({1, 1, 1, 2}, {7, 15});
  CHECK(values_of<float>(engine.evaluate(batch)) ==
        std::vector<float>{static_cast<float>((7 - 0.1) * (1.0 / 3)),
                           static_cast<float>((15.0 + 3) * 1e-9)});
  CHECK(values_of<std::int32_t>(engine.forward(batch)) == std::vector<std::int32_t>{7, 15});
}

TEST_CASE("evaluate needs activations off") {
  Engine engine(copy_model(2, 1, true));
  CHECK_THROWS_WITH(engine.evaluate(dense_batch({1, 1, 1, 2}, {0, 0})),
                    "evaluate needs activations off in the last layer 'copy'");
}

TEST_CASE("predict takes the highest level, the lowest neuron on ties and -1 without spikes") {
  Engine engine(copy_model(4, 1, true));
  const io::Batch batch =
      dense_batch({4, 1, 1, 4}, {0, 3, 9, 9, 0, 0, 0, 0, 5, 0, 0, 5, 0, 0, 0, 1});
  CHECK(values_of<std::int32_t>(engine.predict(batch)) == std::vector<std::int32_t>{2, -1, 0, 3});
  CHECK(values_of<std::int32_t>(engine.predict(batch, 2)) ==
        std::vector<std::int32_t>{1, -1, 0, 1});
}

TEST_CASE("predict without activations compares evaluated values and always decides") {
  snn::Model model = copy_model(3, -1, false);
  model.variables(1).scale = {1, 10, 0.5};
  Engine engine(model);
  CHECK(values_of<std::int32_t>(engine.predict(dense_batch({2, 1, 1, 3}, {1, 0, 0, 2, 1, 5}))) ==
        std::vector<std::int32_t>{1, 0});
}

TEST_CASE("predict refuses classes that do not divide the neurons") {
  Engine engine(copy_model(4, 1, true));
  CHECK_THROWS_WITH(engine.predict(dense_batch({1, 1, 1, 4}, {0, 0, 0, 0}), 3),
                    "3 classes do not divide the 4 neurons of layer 'copy'");
}

TEST_CASE("a refused event names sample, event and range; earlier results stand") {
  Engine engine(copy_model(4, 1, true));
  io::Batch batch;
  batch.size = 3;
  batch.ids = {"a", "b", "c"};
  batch.event_counts = {1, 2, 1};
  batch.events = {{.c = 2, .value = 3}, {.c = 0}, {.c = 4}, {.c = 1}};
  std::size_t observed = 0;
  engine.observe(1, Observed::kSpikes, [&](const io::Batch&, const Dense& values) {
    observed = static_cast<std::size_t>(values.dims()[0]);
  });
  try {
    static_cast<void>(engine.forward(batch));
    FAIL("no error");
  } catch (const SampleError& error) {
    CHECK(std::string(error.what()) == "sample 'b': event 1: feature 4 is outside 0..3");
    CHECK(values_of<std::uint8_t>(error.completed()) == std::vector<std::uint8_t>{0, 0, 3, 0});
  }
  CHECK(observed == 1);
  CHECK(engine.statistics()[1].samples == 1);
}

TEST_CASE("a refused dense value names its place") {
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 3, .height = 2, .channels = 2}, 2}});
  Engine engine(model);
  CHECK_THROWS_WITH(engine.forward(dense_batch({1, 2, 3, 2}, {0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 4})),
                    "sample 0: x 2, y 1, feature 1: value 4 is outside 0..3");
}

TEST_CASE("batches of another type, shape or kind are refused") {
  Engine engine(copy_model(4, 1, true));
  CHECK_THROWS_WITH(engine.forward(dense_batch({1, 1, 2, 2}, {0, 0, 0, 0})),
                    "samples have shape (1, 2, 2), the network takes (1, 1, 4)");
  io::Batch floats;
  floats.size = 1;
  floats.dense = Dense(DType::kF32, {1, 1, 1, 4});
  CHECK_THROWS_WITH(engine.forward(floats), "samples hold f32 values, the network takes u8");
  snn::Model image;
  image.add({.parameters = snn::InputConvolutional{.input = {4, 4, 1}}});
  io::Batch events;
  events.size = 1;
  events.event_counts = {0};
  CHECK_THROWS(Engine(image).forward(events));
}

TEST_CASE("an empty batch gives an empty output") {
  Engine engine(copy_model(4, 1, true));
  CHECK(engine.forward(io::Batch{}).dims() == std::vector<std::int64_t>{0, 1, 1, 4});
  CHECK(engine.predict(io::Batch{}).dims() == std::vector<std::int64_t>{0});
}

TEST_CASE("a duplicate event counts once") {
  Engine engine(copy_model(4, 1, true));
  io::Batch batch;
  batch.size = 1;
  batch.event_counts = {3};
  batch.events = {{.c = 2}, {.c = 2}, {.c = 0}};
  CHECK(values_of<std::uint8_t>(engine.forward(batch)) == std::vector<std::uint8_t>{1, 0, 1, 0});
  CHECK(engine.statistics()[1].input_nonzeros == 2);
}

TEST_CASE("statistics follow the published formulas") {
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 32, .height = 32, .channels = 1}, 1}});
  model.add({.parameters = snn::FullyConnected{.num_neurons = 32, .weights_bits = 1}});
  Engine engine(model);
  io::Batch batch;
  batch.size = 2;
  batch.event_counts = {150, 150};
  for (std::uint32_t i = 0; i < 300; ++i) batch.events.push_back({.y = i % 150 / 32, .x = i % 32});
  for (std::uint32_t i = 150; i < 300; ++i) batch.events[i].y = (i - 150) / 32 + 9;
  for (std::uint32_t i = 150; i < 300; ++i) batch.events[i].x = (i - 150) % 32;
  static_cast<void>(engine.forward(batch));
  // DVS tutorial: 150 events of 1024, 32 neurons: sparsity 0.85, 4800 operations.
  const LayerStatistics layer = engine.statistics()[1];
  CHECK(layer.ops() == 4800);
  CHECK(layer.input_sparsity() == 1 - 150.0 / 1024);
  CHECK(layer.output_sparsity() == 1);
  CHECK(layer.possible_spikes() == 64);
  CHECK(layer.row_sparsity == 1);
  engine.reset_statistics();
  CHECK(engine.statistics()[1].ops() == 0);
}

TEST_CASE("row sparsity counts kernel rows along x, of both kernels of a separable layer") {
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 8, .height = 8, .channels = 2}, 4}});
  snn::Layer layer{.parameters = snn::SeparableConvolutional{
                       .num_neurons = 1, .convolution = {.kernel_width = 2, .kernel_height = 2}}};
  // Depthwise [x][y][channel]: channel 0 has its only weight in row 1, channel 1 in row 0.
  layer.variables.weights = weights({0, 1, 0, 0, 0, 0, 1, 0}, {2, 2, 2, 1});
  layer.variables.weights_pw = weights({1, 1}, {1, 1, 2, 1});
  model.add(layer);
  CHECK(Engine(model).statistics()[1].row_sparsity == 2.0 / 6);
}

TEST_CASE("learning sees the last layer's non-zero inputs and leaves its statistics alone") {
  snn::Model model = xor_model();
  Engine engine(model);
  const InputEvents events =
      engine.last_layer_events(dense_batch({3, 1, 1, 2}, {0, 0, 0, 1, 1, 1}));
  CHECK(events.shape == Shape{1, 1, 2});
  CHECK(events.begin == std::vector<std::size_t>{0, 0, 1, 3});
  CHECK(events.index == std::vector<std::uint32_t>{0, 0, 1});
  CHECK(engine.statistics()[1].samples == 3);
  CHECK(engine.statistics()[2].samples == 0);
}

TEST_CASE("observers get what their layer has, until they are removed") {
  Engine engine(xor_model());
  CHECK_THROWS(engine.observe(3, Observed::kSpikes, {}));
  CHECK_THROWS(engine.observe(0, Observed::kPotentials, {}));
  std::vector<std::int32_t> potentials;
  const int handle = engine.observe(
      1, Observed::kPotentials,
      [&](const io::Batch&, const Dense& v) { potentials = values_of<std::int32_t>(v); });
  const io::Batch batch = dense_batch({2, 1, 1, 2}, {0, 1, 1, 1});
  static_cast<void>(engine.forward(batch));
  // Neuron 1's potential of 1 does not exceed its threshold of 1.
  CHECK(potentials == std::vector<std::int32_t>{1, 0, 2, 2});
  engine.unobserve(handle);
  potentials.clear();
  static_cast<void>(engine.forward(batch));
  CHECK(potentials.empty());
  CHECK_THROWS(engine.unobserve(handle));
}

TEST_CASE("a lone large sample gives the same bits on several threads") {
  const auto three = [](std::int32_t stride) {
    return snn::Convolution{
        .kernel_width = 3, .kernel_height = 3, .stride_x = stride, .stride_y = stride};
  };
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 65, .height = 63, .channels = 32}, 4}});
  const snn::Activation activation{.threshold_fire_step = 40, .threshold_fire_bits = 4};
  model.add({.parameters = snn::Convolutional{
                 .num_neurons = 40,
                 .weights_bits = 4,
                 .convolution = three(1),
                 .pooling = {.type = snn::PoolingType::kMax, .width = 2, .height = 2},
                 .activation = activation}});
  model.add({.parameters = snn::SeparableConvolutional{.num_neurons = 300,
                                                       .weights_bits = 4,
                                                       .convolution = three(1),
                                                       .activation = activation}});
  model.add({.parameters = snn::Convolutional{.num_neurons = 64,
                                              .weights_bits = 4,
                                              .convolution = three(2),
                                              .activation = {.enabled = false}}});
  snn::randomize_zero_weights(model, 5);
  std::vector<std::uint8_t> values(65 * 63 * 32);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i * 2654435761U % 97 % 16;
  const io::Batch batch = dense_batch({1, 63, 65, 32}, values);
  const Dense expected = Engine(model, {.jobs = 1}).forward(batch);
  for (int jobs : {2, 3}) CHECK((Engine(model, {.jobs = jobs}).forward(batch) == expected));
}

TEST_CASE("an empty model and potentials beyond int32 are refused") {
  CHECK_THROWS_WITH(Engine(snn::Model()), "the model has no layers");
  snn::Model model;
  model.add({.parameters = snn::InputData{{.width = 300, .height = 300, .channels = 1}, 8}});
  snn::Layer layer{.parameters = snn::FullyConnected{.num_neurons = 1, .weights_bits = 8}};
  layer.variables.weights = weights(std::vector<std::int8_t>(90000, 127), {1, 1, 90000, 1});
  model.add(layer);
  CHECK_THROWS(Engine(model));
}

TEST_CASE("maps of more than 2^30 values are refused before any memory is taken") {
  snn::Model model;
  model.add({.name = "in",
             .parameters = snn::InputData{{.width = 65536, .height = 32768, .channels = 1}, 1}});
  CHECK_THROWS_WITH(
      Engine(model),
      "layer 'in': a map of [65536, 32768, 1] has 2147483648 values, limit 1073741824");
  snn::Model wide;
  wide.add({.parameters = snn::InputData{{.width = 4096, .height = 4096, .channels = 1}, 1}});
  wide.add({.name = "many", .parameters = snn::Convolutional{.num_neurons = 65}});
  CHECK_THROWS_WITH(Engine(wide),
                    "layer 'many': a map of [4096, 4096, 65] has 1090519040 values, "
                    "limit 1073741824");
}
