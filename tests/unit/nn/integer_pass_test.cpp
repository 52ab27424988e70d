#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "cnn/network_variables.h"
#include "convert/snn_from_cnn.h"
#include "engine/engine.h"
#include "float_network.h"
#include "nn/network_executor.h"
#include "random_quantized_cnn.h"

using namespace akida;
using namespace akida::nn;
using namespace akida::test;

namespace {

constexpr std::int64_t kSamples = 5;

Dense integer_samples(const cnn::Network& network, std::uint32_t values, std::uint64_t seed) {
  const cnn::Dims& shape = network.input_shape();
  Dense samples(DType::kU8, {kSamples, shape[0], shape[1], shape[2]});
  Random random(seed);
  for (std::uint8_t& value : samples.data<std::uint8_t>()) {
    value = static_cast<std::uint8_t>(random.below(values));
  }
  return samples;
}

// What the SNN's layers give: levels as their values in the CNN, or evaluated potentials.
class Reference {
 public:
  Reference(const cnn::Network& network, const lower::LoweredNetwork& lowered)
      : lowered_(lowered),
        model_(convert::snn_from_cnn(network, lowered)),
        first_(lowered.input == lower::InputKind::kImage ? 0 : 1) {}

  std::vector<std::vector<float>> run(const Dense& samples) {
    std::vector<std::vector<float>> outputs(lowered_.blocks.size());
    engine::Engine engine(model_, {.jobs = 1});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const lower::Block& block = lowered_.blocks[i];
      if (block.activation_bits == 0) continue;
      engine.observe(first_ + i, engine::Observed::kSpikes,
                     [&output = outputs[i], &block](const io::Batch&, const Dense& levels) {
                       for (std::int64_t k = 0; k < levels.size(); ++k) {
                         output.push_back(static_cast<float>(levels.value(k)) *
                                          static_cast<float>(block.level_value));
                       }
                     });
    }
    io::Batch batch;
    batch.size = kSamples;
    batch.dense = samples;
    for (int i = 0; i < kSamples; ++i) batch.ids.push_back(std::to_string(i));
    if (lowered_.blocks.back().activation_bits == 0) {
      const Dense values = engine.evaluate(batch);
      outputs.back().assign(values.data<float>().begin(), values.data<float>().end());
    } else {
      (void)engine.forward(batch);
    }
    return outputs;
  }

 private:
  const lower::LoweredNetwork& lowered_;
  snn::Model model_;
  std::size_t first_;
};

// The last layer of every block, by the executor and by the SNN, bit for bit.
void compare_with_snn(const cnn::Network& network, std::uint64_t seed) {
  const lower::LoweredNetwork lowered = lower::lower(network);
  const Dense samples = integer_samples(network, 1U << lowered.input_bits, seed);
  std::vector<std::size_t> observed;
  for (const lower::Block& block : lowered.blocks) observed.push_back(block.layers.back());
  NetworkExecutor executor(network, {.batch = kSamples, .jobs = 2, .observed = observed});
  executor.forward(samples);
  REQUIRE(executor.used_integers());
  const auto wanted = Reference(network, lowered).run(samples);
  for (std::size_t i = 0; i < observed.size(); ++i) {
    INFO("block '" << lowered.blocks[i].name << "'");
    const auto got = executor.output(observed[i]);
    REQUIRE(std::vector<float>(got.begin(), got.end()) == wanted[i]);
  }
}

cnn::WeightQuantizer bits8() { return {.kind = cnn::QuantizerKind::kMax, .bits = 8}; }

void add_activation(cnn::Network& network, float max_value) {
  network.add({.parameters = cnn::QuantizedReLU{.bitwidth = 8, .max_value = max_value}});
}

// 8 bits everywhere, so that sums pass 2^24: after a convolution of one channel a separable layer
// and a dense one.
cnn::Network wide_network() {
  cnn::Network network;
  network.info.scaling_a = 255;
  network.add({.parameters = cnn::Input{{12, 12, 1}}});
  network.add({.parameters = cnn::Conv2D{.filters = 24,
                                         .kernel_size = {3, 3},
                                         .padding = cnn::Padding::kSame,
                                         .kernel_quantizer = bits8()}});
  add_activation(network, 3);
  network.add({.parameters = cnn::SeparableConv2D{.filters = 40,
                                                  .kernel_size = {3, 3},
                                                  .strides = {2, 1},
                                                  .padding = cnn::Padding::kSame,
                                                  .depthwise_quantizer = bits8(),
                                                  .pointwise_quantizer = bits8()}});
  network.add({.parameters = cnn::MaxPooling2D{
                   .pool_size = {2, 2}, .strides = {1, 1}, .padding = cnn::Padding::kSame}});
  network.add({.parameters = cnn::BatchNormalization{}});
  add_activation(network, 4);
  network.add({.parameters = cnn::Flatten{}});
  network.add({.parameters = cnn::Dense{.units = 3, .kernel_quantizer = bits8()}});
  randomize_variables(network, 1);
  for (float& gamma : network.variables(5)[0].value.data<float>()) gamma = std::abs(gamma);
  return network;
}

bool passes_float32(const lower::Block& block) {
  const auto is_wide = [](const snn::Range& range) {
    return std::max(-range.low, range.high) >= 1 << 24;
  };
  return std::ranges::any_of(block.potentials, is_wide);
}

}  // namespace

TEST_CASE("inference of quantized networks has the levels of their SNNs") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    compare_with_snn(random_quantized_cnn(seed), seed);
  }
}

TEST_CASE("potentials beyond float32's integers are exact, too") {
  const cnn::Network network = wide_network();
  const lower::LoweredNetwork lowered = lower::lower(network);
  REQUIRE_FALSE(passes_float32(lowered.blocks[0]));
  REQUIRE(passes_float32(lowered.blocks[1]));
  REQUIRE(passes_float32(lowered.blocks[2]));
  compare_with_snn(network, 1);
}

TEST_CASE("layers inside a block are observed as float layers of exact activations") {
  const cnn::Network network = wide_network();
  const Dense samples = integer_samples(network, 256, 3);
  NetworkExecutor executor(network, {.observed = {2, 3, 4}});
  executor.forward(samples);
  REQUIRE(executor.used_integers());
  CHECK_THROWS_AS(executor.output(5), Error);  // normalized: inside, and not observed

  // The same layers on the activations, as a network of their own.
  cnn::Network inside;
  inside.add({.parameters = cnn::Input{network.layer(2).output_shape}});
  for (const std::size_t i : {3U, 4U}) {
    cnn::Layer layer = network.layer(i);
    layer.inbounds.clear();
    inside.add(std::move(layer));
  }
  Dense activations(DType::kF32, {kSamples, 12, 12, 24});
  std::ranges::copy(executor.output(2), activations.data<float>().begin());
  NetworkExecutor reference(inside, {.training = true});
  reference.forward_training(activations, 0, 0);
  for (const std::size_t i : {1U, 2U}) {
    CHECK(std::ranges::equal(executor.output(i + 2), reference.output(i)));
  }
}

TEST_CASE("integer inference follows the weights and takes the samples of an SNN") {
  cnn::Network network = wide_network();
  const Dense samples = integer_samples(network, 256, 3);
  NetworkExecutor executor(network, {});
  executor.forward(samples);
  for (float& weight : network.variables(1)[0].value.data<float>()) weight = -weight;
  const auto changed = executor.forward(samples);
  NetworkExecutor fresh(network, {});
  CHECK(std::ranges::equal(changed, fresh.forward(samples)));

  // An SNN takes integers up to 255 only, and has no gamma of 0.
  const auto uses_integers = [&](float value) {
    Dense one(DType::kF32, {1, 12, 12, 1});
    one.data<float>()[7] = value;
    executor.forward(one);
    return executor.used_integers();
  };
  CHECK(uses_integers(255));
  for (const float value : {0.5F, -1.0F, 256.0F, std::nanf("")}) CHECK_FALSE(uses_integers(value));
  network.variables(5)[0].value.data<float>()[0] = 0;
  CHECK_FALSE(uses_integers(255));
}

TEST_CASE("integer inference does not depend on threads or on the batch") {
  for (std::uint64_t seed = 301; seed <= 330; ++seed) {
    const cnn::Network network = random_quantized_cnn(seed);
    const auto input_bits = lower::lower(network).input_bits;
    const Dense samples = integer_samples(network, 1U << input_bits, seed);
    NetworkExecutor one(network, {.batch = kSamples, .jobs = 1});
    const auto wanted = one.forward(samples);
    for (const std::size_t batch : {5U, 40U, 100U}) {
      NetworkExecutor other(network, {.batch = batch, .jobs = 3, .training = true});
      CHECK(std::ranges::equal(wanted, other.forward(samples)));
    }
  }
}

TEST_CASE("padding of the first quantized layer is the integer nearest to the samples' zero") {
  cnn::Network network;
  network.info.scaling_a = 2;
  network.info.scaling_b = 3.25;
  network.add({.parameters = cnn::Input{{1, 1, 1}}});
  network.add({.parameters = cnn::Conv2D{.filters = 1,
                                         .kernel_size = {1, 3},
                                         .padding = cnn::Padding::kSame,
                                         .use_bias = false,
                                         .kernel_quantizer = bits8()}});
  network.add({.parameters = cnn::Conv2D{.filters = 1,
                                         .kernel_size = {1, 3},
                                         .padding = cnn::Padding::kSame,
                                         .use_bias = false}});
  for (const std::size_t layer : {1U, 2U}) {
    cnn::set_variable(network, layer, "kernel",
                      Dense::from<float>(std::vector<float>{1, 1, 1}, {1, 3, 1, 1}));
  }
  const Dense samples = Dense::from<float>(std::vector<float>{5.25F}, {1, 1, 1, 1});
  NetworkExecutor executor(network, {.training = true});
  executor.forward_training(samples, 0, 0);
  // x = 1 between two padded cells of (3 - 3.25) / 2; the second layer pads 0.
  CHECK(executor.output(1)[0] == 1 - 2 * 0.125F);
  CHECK(executor.output(2)[0] == executor.output(1)[0]);
  executor.backward(std::vector<float>{1});
  const auto upstream = executor.gradient(2, 0);
  CHECK(std::vector<float>(upstream.begin(), upstream.end()) == std::vector<float>{0, 0.75F, 0});
}
