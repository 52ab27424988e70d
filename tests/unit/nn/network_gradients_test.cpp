#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "cnn/layer_quantizers.h"
#include "finite_differences.h"
#include "float_network.h"
#include "nn/network_executor.h"
#include "plain_network.h"
#include "random_cnn.h"

using namespace akida;
using namespace akida::nn;
using namespace akida::test;

namespace {

constexpr std::int64_t kSamples = 5;

// By layer: whether the last one depends on it.
std::vector<bool> contributing(const cnn::Network& network) {
  std::vector<bool> contributes(network.layers().size(), false);
  contributes.back() = true;
  for (std::size_t i = contributes.size(); i-- > 0;) {
    for (const std::uint32_t inbound : network.layer(i).inbounds) {
      if (contributes[i]) contributes[inbound] = true;
    }
  }
  return contributes;
}

// A loss with a gradient of all elements: sum of weights * outputs, and the activity penalties.
class Loss {
 public:
  Loss(const cnn::Network& network, const Dense& samples, std::span<const float> weights)
      : network_(network),
        plain_(network),
        inputs_(as_doubles(samples.data<float>())),
        weights_(as_doubles(weights)) {}

  double operator()() {
    const auto outputs = plain_.forward(inputs_, kSamples, true);
    double loss = penalty(outputs);
    for (std::size_t i = 0; i < weights_.size(); ++i) loss += weights_[i] * outputs.back()[i];
    return loss;
  }

  double penalty(const std::vector<PlainNetwork::Values>& outputs) const {
    double sum = 0;
    const std::vector<bool> contributes = contributing(network_);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto* relu = std::get_if<cnn::ReLU>(&network_.layer(i).parameters);
      if (relu == nullptr || !contributes[i]) continue;
      const cnn::Regularizer& r = relu->activity_regularizer;
      for (const double y : outputs[i]) sum += double{r.l1} * y + double{r.l2} * y * y;
    }
    return sum / kSamples;
  }

  PlainNetwork& plain() { return plain_; }

 private:
  const cnn::Network& network_;
  PlainNetwork plain_;
  std::vector<double> inputs_, weights_;
};

// The gradient of one variable, element by element by central differences.
std::vector<double> numeric_gradient(Loss& loss, std::size_t layer, std::size_t variable) {
  auto& values = loss.plain().variables[layer][variable];
  return finite_differences(
      [&](std::span<const double> point) {
        values.assign(point.begin(), point.end());
        return loss();
      },
      values);
}

void check_gradients(cnn::Network& network, std::uint64_t seed) {
  network.info.scaling_a = 1;
  network.info.scaling_b = 0;
  const Dense samples = random_samples(network.input_shape(), kSamples, seed);
  NetworkExecutor executor(network, {.batch = kSamples, .jobs = 2, .training = true});
  const auto outputs = executor.forward_training(samples, 1, 1);
  std::vector<float> weights(outputs.size());
  Random random(seed + 1);
  fill_uniform(weights, -1, 1, random);
  executor.backward(weights);

  Loss loss(network, samples, weights);
  const auto plain = loss.plain().forward(as_doubles(samples.data<float>()), kSamples, true);
  check_near(outputs, plain.back(), 1e-4);
  CHECK(executor.activity_penalty() == Approx(loss.penalty(plain)).epsilon(1e-5));
  const std::vector<bool> contributes = contributing(network);
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    for (std::size_t v = 0; v < network.layer(i).variables.size(); ++v) {
      INFO("layer " << i << " '" << network.layer(i).name << "."
                    << network.layer(i).variables[v].name << "'");
      if (contributes[i] && network.layer(i).variables[v].trainable) {
        check_near(executor.gradient(i, v), numeric_gradient(loss, i, v), 1e-3);
      } else {
        CHECK(executor.gradient(i, v).empty());
      }
    }
  }
}

// Dropout's random numbers have a test of their own.
bool is_comparable(const cnn::Layer& layer) {
  const auto* dropout = std::get_if<cnn::Dropout>(&layer.parameters);
  return !cnn::is_quantized(layer) && (dropout == nullptr || dropout->rate == 0);
}

}  // namespace

TEST_CASE("gradients of random networks are those of finite differences") {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    cnn::Network network = random_cnn(seed);
    randomize_variables(network, seed);
    if (!std::ranges::all_of(network.layers(), is_comparable)) continue;
    INFO("seed " << seed);
    check_gradients(network, seed);
    ++compared;
  }
  CHECK(compared > 50);
}
