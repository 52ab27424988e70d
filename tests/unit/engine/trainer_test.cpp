#include "engine/trainer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "base/random.h"
#include "codec/model_file.h"
#include "engine/learning.h"

using namespace akida;
using namespace akida::engine;

namespace {

constexpr Shape kImage{.width = 9, .height = 8, .channels = 1};

void randomize(Dense& weights, std::int32_t low, std::int32_t high, Random& random) {
  for (std::int8_t& weight : weights.data<std::int8_t>()) {
    const auto span = static_cast<std::uint32_t>(high - low + 1);
    weight = static_cast<std::int8_t>(low + static_cast<std::int32_t>(random.below(span)));
  }
}

// An image layer with pooling and binary levels, then a learning layer with six neurons.
snn::Model image_model(bool convolutional, const snn::Activation& activation) {
  snn::Model model;
  model.add({.parameters = snn::InputConvolutional{
                 .input = kImage,
                 .num_neurons = 5,
                 .weights_bits = 4,
                 .convolution = {.kernel_width = 3, .kernel_height = 3},
                 .pooling = {.type = snn::PoolingType::kMax, .width = 2, .height = 2},
                 .activation = {.threshold_fire = 900}}});
  Random random(3);
  randomize(model.variables(0).weights, -7, 7, random);
  if (convolutional) {
    model.add(
        {.parameters = snn::Convolutional{.num_neurons = 6,
                                          .convolution = {.kernel_width = 2, .kernel_height = 3},
                                          .activation = activation}});
  } else {
    model.add({.parameters = snn::FullyConnected{.num_neurons = 6, .activation = activation}});
  }
  compile(model, {.num_weights = 9, .num_classes = 3, .learning_competition = 0.1, .seed = 8});
  return model;
}

io::Batch images(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  io::Batch batch;
  batch.size = count;
  batch.dense = Dense(
      DType::kU8, {static_cast<std::int64_t>(count), kImage.height, kImage.width, kImage.channels});
  for (std::uint8_t& value : batch.dense.data<std::uint8_t>()) {
    value = static_cast<std::uint8_t>(random.below(256));
  }
  for (std::size_t i = 0; i < count; ++i) {
    batch.ids.push_back(std::to_string(i));
    batch.classes.push_back(static_cast<std::int32_t>(random.below(3)));
  }
  return batch;
}

// Samples [first, first + count) of `batch`.
io::Batch part(const io::Batch& batch, std::size_t first, std::size_t count) {
  io::Batch result;
  result.size = count;
  const auto size = static_cast<std::size_t>(kImage.size());
  result.dense = Dense::from<std::uint8_t>(
      batch.dense.data<std::uint8_t>().subspan(first * size, count * size),
      {static_cast<std::int64_t>(count), kImage.height, kImage.width, kImage.channels});
  for (std::size_t i = first; i < first + count; ++i) {
    result.ids.push_back(batch.ids[i]);
    result.classes.push_back(batch.classes[i]);
  }
  return result;
}

// A packet of 150 events drawn from a pattern's 200 places of 32x32.
io::Batch packet(const std::vector<std::uint32_t>& pattern, Random& random) {
  std::vector<std::uint32_t> places = pattern;
  partial_shuffle(places, 150, random);
  io::Batch batch;
  batch.size = 1;
  batch.ids = {"packet"};
  batch.event_counts = {150};
  for (std::size_t i = 0; i < 150; ++i) {
    batch.events.push_back({.y = places[i] / 32, .x = places[i] % 32});
  }
  return batch;
}

std::set<std::size_t> spiking(const Dense& levels) {
  std::set<std::size_t> neurons;
  const auto values = levels.data<std::uint8_t>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) neurons.insert(i);
  }
  return neurons;
}

}  // namespace

TEST_CASE("fit returns what forward gives for each sample just before it is learned") {
  const snn::Activation potentials{.enabled = false};
  const snn::Activation binary{.threshold_fire = 3};
  const snn::Activation levels{
      .threshold_fire = 1, .threshold_fire_step = 0.3F, .threshold_fire_bits = 4};
  for (bool convolutional : {false, true}) {
    for (const snn::Activation& activation : {potentials, binary, levels}) {
      snn::Model model = image_model(convolutional, activation);
      const io::Batch batch = images(30, 1);
      Trainer trainer(model);
      for (std::size_t sample = 0; sample < batch.size; ++sample) {
        const io::Batch one = part(batch, sample, 1);
        const Dense before = Engine(model).forward(one);
        CHECK(trainer.fit(one) == before);
      }
      CHECK(trainer.counts().learned > 5);
      CHECK_NOTHROW(snn::validate_variables(model.layers().back()));
    }
  }
}

TEST_CASE("threads and batches change nothing, and only the last layer learns") {
  for (bool convolutional : {false, true}) {
    const snn::Model fresh = image_model(convolutional, {.enabled = false});
    const io::Batch batch = images(40, 2);
    snn::Model whole = fresh, split = fresh;
    const Dense outputs = Trainer(whole, {.jobs = 1}).fit(batch);
    Trainer trainer(split, {.jobs = 3});
    const auto size = static_cast<std::size_t>(fresh.output_shape().size());
    for (std::size_t first = 0; first < 40; first += 8) {
      const Dense some = trainer.fit(part(batch, first, 8));
      const auto expected = outputs.data<std::int32_t>().subspan(first * size, 8 * size);
      const auto got = some.data<std::int32_t>();
      CHECK(std::equal(got.begin(), got.end(), expected.begin(), expected.end()));
    }
    CHECK(whole == split);
    CHECK(whole.layer(0) == fresh.layer(0));
    CHECK_FALSE(whole == fresh);
  }
}

TEST_CASE("fit continues on a reloaded model as without the reload") {
  for (FitLabels labels : {FitLabels::kOfBatch, FitLabels::kNone}) {
    snn::Model whole = image_model(false, {.threshold_fire = 2});
    snn::Model first = whole;
    const io::Batch batch = images(40, 3);
    Trainer(whole).fit(batch, {.labels = labels});
    Trainer(first).fit(part(batch, 0, 17), {.labels = labels});
    snn::Model second = codec::decode_model(codec::encode_model(first));
    Trainer(second).fit(part(batch, 17, 23), {.labels = labels});
    CHECK(second == whole);
  }
}

TEST_CASE("one label serves all samples, and labels outside the classes are counted") {
  snn::Model fixed = image_model(false, {.enabled = false}), per_sample = fixed;
  io::Batch batch = images(20, 4);
  Trainer(fixed).fit(batch, {.labels = FitLabels::kFixed, .label = 1});
  batch.classes.assign(20, 1);
  Trainer(per_sample).fit(batch);
  CHECK(fixed == per_sample);
  // Neurons 0, 1, 4 and 5 belong to the other classes.
  for (std::size_t neuron : {0U, 1U, 4U, 5U}) CHECK(fixed.learning()->learning_count[neuron] == 0);

  batch.classes = images(20, 4).classes;
  batch.classes[3] = -1;
  batch.classes[7] = 3;
  snn::Model model = image_model(false, {.enabled = false});
  Trainer trainer(model);
  trainer.fit(batch);
  CHECK(trainer.counts().samples == 20);
  CHECK(trainer.counts().discarded == 2);
  CHECK(trainer.counts().learned + trainer.counts().unanswered == 18);
}

TEST_CASE("fit asks for labels where it needs them") {
  snn::Model model = image_model(false, {.enabled = false});
  io::Batch batch = images(3, 5);
  batch.classes.clear();
  Trainer trainer(model);
  CHECK_THROWS_WITH(trainer.fit(batch), "the samples have no class labels to learn from");
  CHECK_NOTHROW(trainer.fit(batch, {.labels = FitLabels::kNone}));
}

TEST_CASE("fit learns from events, alike for any order of a sample's events") {
  const auto learn = [](bool reversed) {
    snn::Model model;
    model.add({.parameters = snn::InputData{{8, 8, 2}, 1}});
    model.add({.parameters = snn::FullyConnected{.num_neurons = 4}});
    compile(model, {.num_weights = 20});
    Random random(6);
    io::Batch batch;
    batch.size = 25;
    for (std::size_t i = 0; i < batch.size; ++i) {
      batch.ids.push_back(std::to_string(i));
      std::vector<io::Event> events;
      for (std::uint32_t cell = 0; cell < 128; ++cell) {
        if (random.below(4) != 0) continue;
        events.push_back({.y = cell / 16, .x = cell / 2 % 8, .c = cell % 2});
      }
      if (reversed) std::reverse(events.begin(), events.end());
      batch.event_counts.push_back(static_cast<std::uint32_t>(events.size()));
      batch.events.insert(batch.events.end(), events.begin(), events.end());
    }
    Trainer trainer(model);
    trainer.fit(batch, {.labels = FitLabels::kNone});
    CHECK(trainer.counts().learned > 3);
    return model;
  };
  CHECK(learn(false) == learn(true));
}

TEST_CASE("what was learned before a refused sample stands, and the error holds its outputs") {
  snn::Model model;
  model.add({.parameters = snn::InputData{{8, 8, 1}, 1}});
  model.add({.parameters = snn::FullyConnected{.num_neurons = 2}});
  compile(model, {.num_weights = 20});
  snn::Model head_only = model;
  io::Batch batch;
  for (std::uint32_t sample = 0; sample < 4; ++sample) {
    batch.ids.push_back(std::to_string(sample));
    const std::uint32_t column = sample == 2 ? 8 : sample;  // outside in sample 2
    for (std::uint32_t y = 0; y < 8; ++y) batch.events.push_back({.y = y, .x = column});
    batch.event_counts.push_back(8);
  }
  batch.size = 4;
  io::Batch head = batch;
  head.size = 2;
  head.ids.resize(2);
  head.event_counts.resize(2);
  head.events.resize(16);
  const Dense expected = Trainer(head_only).fit(head, {.labels = FitLabels::kNone});

  Trainer trainer(model);
  try {
    trainer.fit(batch, {.labels = FitLabels::kNone});
    FAIL("the sample was accepted");
  } catch (const SampleError& error) {
    CHECK(error.completed() == expected);
  }
  CHECK(model == head_only);
  CHECK(trainer.counts().samples == 2);
}

// The printed course of the documented tutorial on characters from an event camera: 32 neurons,
// packets of 150 events, 150 ones per neuron, threshold_fire 40.
TEST_CASE("one presentation is enough to fire, and each character keeps its own neurons") {
  snn::Model model;
  model.add({.parameters = snn::InputData{{32, 32, 1}, 1}});
  model.add(
      {.parameters = snn::FullyConnected{.num_neurons = 32, .activation = {.threshold_fire = 40}}});
  compile(model, {.num_weights = 150, .seed = 1});
  Random random(11, 1000);
  std::vector<std::uint32_t> places(1024);
  std::iota(places.begin(), places.end(), 0U);
  partial_shuffle(places, 400, random);
  const std::vector<std::uint32_t> a(places.begin(), places.begin() + 200);
  const std::vector<std::uint32_t> b(places.begin() + 200, places.begin() + 400);

  std::set<std::size_t> neurons_of_a, neurons_of_b;
  for (const auto& [pattern, neurons] :
       {std::pair{&a, &neurons_of_a}, std::pair{&b, &neurons_of_b}}) {
    Trainer trainer(model);
    for (int i = 0; i < 5; ++i) {
      *neurons = spiking(trainer.fit(packet(*pattern, random), {.labels = FitLabels::kNone}));
      CHECK(neurons->empty() == (i == 0));  // a silent packet teaches, too
    }
    CHECK(trainer.counts().learned == 5);
  }
  Engine engine(model);
  for (int i = 0; i < 5; ++i) {
    const std::set<std::size_t> for_a = spiking(engine.forward(packet(a, random)));
    const std::set<std::size_t> for_b = spiking(engine.forward(packet(b, random)));
    CHECK(std::includes(for_a.begin(), for_a.end(), neurons_of_a.begin(), neurons_of_a.end()));
    CHECK(std::includes(for_b.begin(), for_b.end(), neurons_of_b.begin(), neurons_of_b.end()));
    for (std::size_t neuron : for_a) CHECK(for_b.count(neuron) == 0);
  }
}
