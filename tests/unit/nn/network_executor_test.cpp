#include "nn/network_executor.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "cnn/network_variables.h"
#include "float_network.h"
#include "plain_network.h"
#include "random_cnn.h"

using namespace akida;
using namespace akida::nn;
using namespace akida::test;

namespace {

// All layers of `network` by the executor and in double; inference passes of all sizes of a batch
// share an executor, so that shards of other sizes are used, too.
void check_inference(const cnn::Network& network) {
  std::vector<std::size_t> all(network.layers().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  NetworkExecutor executor(network, {.batch = 5, .jobs = 2, .observed = all});
  for (const std::int64_t count : {5, 1, 3}) {
    Dense samples = random_samples(network.input_shape(), count, 7);
    for (float& value : samples.data<float>()) value *= 8;
    std::vector<double> inputs;
    for (const float value : samples.data<float>()) {
      inputs.push_back((double{value} - network.info.scaling_b) / network.info.scaling_a);
    }
    const auto wanted = PlainNetwork(network).forward(inputs, static_cast<std::size_t>(count));
    executor.forward(samples);
    for (std::size_t i = 0; i < all.size(); ++i) {
      INFO("layer " << i << " '" << network.layer(i).name << "', a "
                    << cnn::name_of(network.layer(i).type()));
      check_near(executor.output(i), wanted[i]);
    }
  }
}

// Everything that one training step computes, in one list.
std::vector<float> training_step(const cnn::Network& network, const Dense& samples,
                                 const ExecutorOptions& options) {
  NetworkExecutor executor(network, options);
  const auto outputs = executor.forward_training(samples, 7, 3);
  std::vector<float> all(outputs.begin(), outputs.end());
  std::vector<float> weights(outputs.size());
  Random random(5);
  fill_uniform(weights, -1, 1, random);
  executor.backward(weights);
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    for (std::size_t v = 0; v < network.layer(i).variables.size(); ++v) {
      const auto gradient = executor.gradient(i, v);
      all.insert(all.end(), gradient.begin(), gradient.end());
    }
  }
  cnn::Network moved = network;
  executor.update_moving_statistics(moved);
  for (const cnn::Layer& layer : moved.layers()) {
    for (const cnn::Variable& variable : layer.variables) {
      const auto values = variable.value.data<float>();
      all.insert(all.end(), values.begin(), values.end());
    }
  }
  all.push_back(static_cast<float>(executor.activity_penalty()));
  return all;
}

bool equal_bits(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(std::as_bytes(a), std::as_bytes(b));
}

// Input of 3 values, a dense layer of 2 with weights i + 10 * o, and what `add` adds.
cnn::Network dense_network() {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{3}}});
  network.add({.parameters = cnn::Dense{.units = 2, .use_bias = false}});
  network.variables(1)[0].value =
      Dense::from<float>(std::vector<float>{0, 10, 1, 11, 2, 12}, {3, 2});
  return network;
}

// The same network without weight quantizers: its kernels are the quantized ones.
cnn::Network with_quantized_kernels(const cnn::Network& network) {
  cnn::Network plain;
  plain.info = network.info;
  for (cnn::Layer layer : network.layers()) {
    for (const cnn::KernelQuantizer& quantizer : cnn::kernel_quantizers(layer)) {
      const auto weights = layer.variables[quantizer.kernel].value.data<float>();
      const std::vector<float> scales = cnn::scale_factors(layer, quantizer);
      cnn::quantize_weights(quantizer.quantizer.bits, weights, scales, weights);
    }
    cnn::visit_quantizers(layer.parameters,
                          [](const cnn::KernelNames&, auto& quantizer) { quantizer.reset(); });
    std::erase_if(layer.variables, [](const cnn::Variable& variable) {
      return variable.name.ends_with("_limit") || variable.name.ends_with("_threshold");
    });
    plain.add(std::move(layer));
  }
  return plain;
}

// A network with quantized kernels computes what the same one with the quantized weights computes,
// and the gradients of its weights are the straight-through ones of that one's.
void check_quantized(cnn::Network network, std::uint64_t seed) {
  network.info.scaling_b = 0;  // else the first layer's padding would differ
  const cnn::Network plain = with_quantized_kernels(network);
  const Dense samples = random_samples(network.input_shape(), 9, seed);
  const ExecutorOptions options{.batch = 9, .training = true};
  NetworkExecutor executor(network, options), reference(plain, options);
  const auto outputs = executor.forward_training(samples, 1, 1);
  REQUIRE(equal_bits(outputs, reference.forward_training(samples, 1, 1)));
  executor.backward(outputs);
  reference.backward(outputs);
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const cnn::Layer& layer = network.layer(i);
    INFO("layer '" << layer.name << "'");
    for (const cnn::KernelQuantizer& quantizer : cnn::kernel_quantizers(layer)) {
      const auto upstream = reference.gradient(i, quantizer.kernel);
      const auto stored = cnn::stored_values(layer, quantizer);
      std::vector<float> gradient(upstream.size()), stored_gradient(stored.size());
      if (upstream.empty()) continue;
      cnn::weight_gradients(quantizer.quantizer, cnn::kernel_weights(layer, quantizer),
                            quantizer.scale_count, stored, upstream, gradient, stored_gradient);
      REQUIRE(equal_bits(executor.gradient(i, quantizer.kernel), gradient));
      if (quantizer.stored && layer.variables[*quantizer.stored].trainable) {
        REQUIRE(equal_bits(executor.gradient(i, *quantizer.stored), stored_gradient));
      }
    }
    const auto activation = cnn::activation_quantizer(layer);
    if (!activation) continue;
    const auto inputs = executor.output(layer.inbounds[0]);
    std::vector<float> wanted(inputs.size());
    cnn::quantize_activations(*activation, inputs, wanted);
    REQUIRE(equal_bits(executor.output(i), wanted));
  }
}

}  // namespace

TEST_CASE("random networks give what plain loops give") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    cnn::Network network = random_cnn(seed);
    if (std::ranges::any_of(network.layers(), cnn::is_quantized)) continue;
    randomize_variables(network, seed);
    check_inference(network);
  }
}

TEST_CASE("results do not depend on the number of threads") {
  for (std::uint64_t seed = 400; seed < 460; ++seed) {
    INFO("seed " << seed);
    cnn::Network network = random_cnn(seed);
    for (const std::int64_t count : {37, 40}) {
      const Dense samples = random_samples(network.input_shape(), count, seed);
      ExecutorOptions options{.batch = 40, .jobs = 1, .training = true};
      const std::vector<float> one = training_step(network, samples, options);
      for (options.jobs = 2; options.jobs <= 4; ++options.jobs) {
        INFO("jobs " << options.jobs);
        REQUIRE(equal_bits(one, training_step(network, samples, options)));
      }
    }
  }
}

TEST_CASE("passes of inference and training do not disturb each other") {
  cnn::Network network = random_cnn(401);
  const Dense samples = random_samples(network.input_shape(), 8, 1);
  NetworkExecutor executor(network, {.batch = 8, .training = true});
  const auto copy = [](std::span<const float> values) {
    return std::vector<float>(values.begin(), values.end());
  };
  const auto inferred = copy(executor.forward(samples));
  const auto trained = copy(executor.forward_training(samples, 1, 1));
  CHECK(equal_bits(inferred, executor.forward(samples)));
  CHECK(equal_bits(trained, executor.forward_training(samples, 1, 1)));
  NetworkExecutor lean(network, {.batch = 8});
  CHECK(equal_bits(inferred, lean.forward(samples)));
}

TEST_CASE("samples of any type are scaled, and weights read anew for every pass") {
  cnn::Network network = dense_network();
  network.info.scaling_a = 2;
  network.info.scaling_b = 1;
  NetworkExecutor executor(network, {.batch = 2});
  const std::vector<float> wanted = {0 + 1 + 2 * 2, 0 + 11 + 2 * 12};  // of x = (0, 1, 2)
  const auto check = [&](const Dense& samples) {
    const auto outputs = executor.forward(samples);
    CHECK(std::vector<float>(outputs.begin(), outputs.end()) == wanted);
  };
  check(Dense::from<std::uint8_t>(std::vector<std::uint8_t>{1, 3, 5}, {1, 3}));
  check(Dense::from<std::int32_t>(std::vector<std::int32_t>{1, 3, 5}, {1, 1, 1, 3}));
  check(Dense::from<float>(std::vector<float>{1, 3, 5}, {1, 3}));

  network.variables(1)[0].value = Dense(DType::kF32, {3, 2});
  const auto outputs = executor.forward(Dense(DType::kF32, {2, 3}));
  CHECK(std::vector<float>(outputs.begin(), outputs.end()) == std::vector<float>(4, 0.0F));
}

TEST_CASE("what an executor refuses") {
  using Catch::Matchers::Message;
  const cnn::Network network = dense_network();
  CHECK_THROWS_MATCHES(NetworkExecutor(cnn::Network(), {}), Error,
                       Message("the network has no layers"));
  CHECK_THROWS_MATCHES(NetworkExecutor(network, {.batch = 0}), Error,
                       Message("batch 0 is outside 1.."));
  CHECK_THROWS_MATCHES(NetworkExecutor(network, {.observed = {2}}), Error,
                       Message("no layer 2; the network has 2"));
  NetworkExecutor executor(network, {.batch = 2});
  CHECK_THROWS_MATCHES(executor.forward(Dense(DType::kF32, {1, 4})), Error,
                       Message("samples of shape (4,) do not fit an input of (3,)"));
  CHECK_THROWS_MATCHES(executor.forward(Dense(DType::kF32, {3, 3})), Error,
                       Message("3 samples in a batch of 1..2"));
  CHECK_THROWS_MATCHES(executor.forward(Dense(DType::kI8, {1, 3})), Error,
                       Message("samples are i8, not u8, i32 or f32"));
  executor.forward(Dense(DType::kF32, {1, 3}));
  CHECK_THROWS_MATCHES(executor.output(0), Error, Message("layer 'input_1' is not observed"));
  CHECK_THROWS_MATCHES(executor.backward(std::vector<float>(2)), Error,
                       Message("the last pass was none of training"));
  CHECK_THROWS_MATCHES(executor.forward_training(Dense(DType::kF32, {1, 3}), 0, 0), Error,
                       Message("the executor was not made for training"));
  NetworkExecutor trained(network, {.training = true});
  trained.forward_training(Dense(DType::kF32, {2, 3}), 0, 0);
  CHECK_THROWS_MATCHES(trained.backward(std::vector<float>(3)), Error,
                       Message("an output gradient of 3 values, not 4"));
}

TEST_CASE("the first layer with an output that is not finite is named") {
  cnn::Network network = dense_network();
  network.add({.parameters = cnn::ReLU{}});
  network.add({.parameters = cnn::Dense{.units = 1}});
  NetworkExecutor executor(network, {.training = true});
  executor.forward_training(Dense(DType::kF32, {1, 3}), 0, 0);
  CHECK_FALSE(executor.first_not_finite());
  const Dense huge = Dense::from<float>(std::vector<float>{3e38F, 3e38F, 3e38F}, {1, 3});
  executor.forward_training(huge, 0, 0);
  CHECK(executor.first_not_finite() == 1);  // 3e38 * 11
  network.variables(1)[0].value = Dense(DType::kF32, {3, 2});
  network.variables(3)[1].value.data<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  executor.forward_training(huge, 0, 0);
  CHECK(executor.first_not_finite() == 3);
}

TEST_CASE("dropout drops the share of its rate and scales what stays") {
  constexpr std::int32_t kValues = 20000;
  cnn::Network network;
  network.add({.parameters = cnn::Input{{kValues}}});
  network.add({.parameters = cnn::BatchNormalization{}});  // something to train before it
  network.add({.parameters = cnn::Dropout{0.3F}});
  Dense samples(DType::kF32, {2, kValues});
  std::ranges::fill(samples.data<float>().first(kValues), 1.0F);
  std::ranges::fill(samples.data<float>().last(kValues), -1.0F);
  NetworkExecutor executor(network, {.batch = 2, .training = true});
  const auto first = executor.forward_training(samples, 1, 1);
  const std::vector<float> outputs(first.begin(), first.end());
  const auto entering = executor.output(1);
  const auto kept = static_cast<float>(1 / 0.7);
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    dropped += outputs[i] == 0 ? 1 : 0;
    REQUIRE((outputs[i] == 0 || outputs[i] == Approx(entering[i] * kept)));
  }
  // Within 5 standard deviations of a binomial distribution.
  CHECK(std::abs(static_cast<double>(dropped) - 0.3 * 40000) < 5 * std::sqrt(40000 * 0.3 * 0.7));

  const auto again = [&](std::uint64_t seed, std::uint32_t step) {
    return equal_bits(outputs, executor.forward_training(samples, seed, step));
  };
  CHECK_FALSE(again(2, 1));
  CHECK_FALSE(again(1, 2));
  CHECK(again(1, 1));
  // The gradient passes where the value did.
  executor.backward(std::vector<float>(outputs.size(), 1.0F));
  const auto beta = executor.gradient(1, 1);
  for (std::size_t i = 0; i < kValues; ++i) {
    const int passed = (outputs[i] != 0 ? 1 : 0) + (outputs[kValues + i] != 0 ? 1 : 0);
    REQUIRE(beta[i] == Approx(static_cast<float>(passed) * kept));
  }
}

TEST_CASE("layers before first_trained work as in inference and have no gradients") {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{4, 4, 2}}});
  network.add({.parameters = cnn::Conv2D{.filters = 3}});
  network.add({.parameters = cnn::BatchNormalization{}});
  network.add({.parameters = cnn::Dropout{0.5F}});
  network.add({.parameters = cnn::Conv2D{.filters = 2}});
  network.add({.parameters = cnn::BatchNormalization{}});
  randomize_variables(network, 3);
  const Dense samples = random_samples(network.input_shape(), 6, 4);
  NetworkExecutor executor(network, {.training = true, .first_trained = 4});
  executor.forward(samples);
  const auto inferred = executor.output(3);
  const std::vector<float> frozen(inferred.begin(), inferred.end());
  const auto outputs = executor.forward_training(samples, 1, 1);
  CHECK(equal_bits(frozen, executor.output(3)));
  executor.backward(outputs);
  CHECK(executor.gradient(1, 0).empty());
  CHECK(executor.gradient(2, 0).empty());
  CHECK(executor.gradient(4, 0).size() == 6);
  cnn::Network moved = network;
  executor.update_moving_statistics(moved);
  CHECK(moved.layer(2) == network.layer(2));
  CHECK_FALSE(moved.layer(5) == network.layer(5));
}

TEST_CASE("moving statistics take the batch's, of maps with the unbiased variance") {
  for (const bool is_map : {true, false}) {
    cnn::Network network;
    network.add({.parameters = cnn::Input{is_map ? cnn::Dims{2, 3, 1} : cnn::Dims{1}}});
    network.add({.parameters = cnn::BatchNormalization{.momentum = 0.75F}});
    const Dense samples = random_samples(network.input_shape(), 20, 1);
    const auto values = samples.data<float>();
    const double count = static_cast<double>(values.size());
    double mean = 0, variance = 0;
    for (const float value : values) mean += double{value} / count;
    for (const float value : values) variance += std::pow(double{value} - mean, 2) / count;
    NetworkExecutor executor(network, {.training = true});
    executor.forward_training(samples, 0, 0);
    executor.update_moving_statistics(network);
    if (is_map) variance *= count / (count - 1);
    const auto& variables = network.layer(1).variables;
    CHECK(variables[2].value.value(0) == Approx(0.25 * mean));
    CHECK(variables[3].value.value(0) == Approx(0.75 + 0.25 * variance));
  }
}

TEST_CASE("quantized layers compute and are differentiated as their quantizers say") {
  std::size_t compared = 0;
  for (std::uint64_t seed = 500; seed < 800; ++seed) {
    cnn::Network network = random_cnn(seed);
    if (std::ranges::none_of(network.layers(), cnn::is_quantized)) continue;
    INFO("seed " << seed);
    check_quantized(network, seed);
    ++compared;
  }
  CHECK(compared > 100);
}

TEST_CASE("threshold and step of a trained activation have gradients summed over the batch") {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{3, 3, 2}}});
  network.add({.parameters = cnn::QuantizedReLU{
                   .bitwidth = 2, .activity_regularizer = {.l1 = 0.5F, .l2 = 0.25F}}});
  const Dense samples = random_samples({3, 3, 2}, 40, 1);
  for (float& value : network.variables(1)[1].value.data<float>()) value = 0.25F;
  NetworkExecutor executor(network, {.batch = 40, .training = true});
  const auto outputs = executor.forward_training(samples, 1, 1);
  executor.backward(outputs);  // the loss is half the sum of squares

  double penalty = 0;
  std::vector<float> upstream;
  for (const float y : outputs) {
    penalty += (0.5 * double{y} + 0.25 * double{y} * double{y}) / 40;
    upstream.push_back(y + (y > 0 ? 0.5F / 40 : 0) + 0.5F * y / 40);
  }
  CHECK(executor.activity_penalty() == Approx(penalty));
  std::vector<float> unused(upstream.size());
  const auto wanted = cnn::activation_gradients(*cnn::activation_quantizer(network.layer(1)),
                                                samples.data<float>(), upstream, unused);
  CHECK(executor.gradient(1, 0)[0] == Approx(wanted.threshold));
  CHECK(executor.gradient(1, 1)[0] == Approx(wanted.step));
}
