#include "nn/regularization.h"

#include <catch2/catch.hpp>
#include <vector>

#include "cnn/network_variables.h"
#include "finite_differences.h"

using namespace akida;
using namespace akida::nn;

namespace {

constexpr cnn::Regularizer kFirst{.l1 = 0.25F, .l2 = 0.5F}, kSecond{.l1 = 0, .l2 = 2};

void set_gamma(cnn::Network& network, std::size_t layer, const std::vector<float>& gamma) {
  cnn::set_variable(network, layer, "gamma",
                    Dense::from<float>(gamma, {static_cast<std::int64_t>(gamma.size())}));
}

std::vector<float> gamma_of(const cnn::Network& network, std::size_t layer) {
  const auto gamma = network.layer(layer).variables[0].value.data<float>();
  return {gamma.begin(), gamma.end()};
}

}  // namespace

TEST_CASE("each kernel has the regularizer of its own argument; biases have none") {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{8, 8, 3}}});
  network.add({.parameters = cnn::Conv2D{.kernel_regularizer = kFirst}});
  network.add({.parameters = cnn::SeparableConv2D{.depthwise_regularizer = kFirst,
                                                  .pointwise_regularizer = kSecond}});
  network.add({.parameters = cnn::DepthwiseConv2D{.depthwise_regularizer = kSecond}});
  network.add({.parameters = cnn::BatchNormalization{}});
  network.add({.parameters = cnn::Dense{.kernel_regularizer = kSecond}});
  const cnn::Regularizer expected[][4] = {
      {kFirst, {}}, {kFirst, kSecond, {}}, {kSecond, {}}, {{}, {}, {}, {}}, {kSecond, {}}};
  for (std::size_t i = 1; i < network.layers().size(); ++i) {
    for (std::size_t v = 0; v < network.layer(i).variables.size(); ++v) {
      INFO(network.layer(i).name << "." << network.layer(i).variables[v].name);
      CHECK((regularizer_of(network.layer(i), v) == expected[i - 1][v]));
    }
  }
}

TEST_CASE("penalties and their gradients") {
  const std::vector<float> weights = {1, -2, 0, 0.5F};
  CHECK(penalty(kFirst, weights) == 0.25 * 3.5 + 0.5 * 5.25);
  std::vector<float> gradient = {1, 1, 1, 1};
  add_penalty_gradient(kFirst, weights, gradient);
  CHECK(gradient == std::vector<float>{1 + 0.25F + 1, 1 - 0.25F - 2, 1, 1 + 0.25F + 0.5F});
}

TEST_CASE("gamma is raised to its limit, where it has one") {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{3}}});
  network.add({.parameters = cnn::BatchNormalization{}});
  network.add({.parameters = cnn::BatchNormalization{.min_gamma = 0.5F}});
  for (const std::size_t layer : {1U, 2U}) set_gamma(network, layer, {-1, 0.25F, 2});
  for (const std::size_t layer : {0U, 1U, 2U}) apply_min_gamma(network, layer);
  CHECK(gamma_of(network, 1) == std::vector<float>{-1, 0.25F, 2});
  CHECK(gamma_of(network, 2) == std::vector<float>{0.5F, 0.5F, 2});

  CHECK(add_gamma_constraint(network, 0.01F) == 1);  // replaced 0.5
  CHECK(add_gamma_constraint(network, 0.01F) == 0);
  CHECK(gamma_of(network, 1) == std::vector<float>{-1, 0.25F, 2});
  apply_min_gamma(network, 1);
  CHECK(gamma_of(network, 1) == std::vector<float>{0.01F, 0.25F, 2});
}

TEST_CASE("variables above 0 stay there: no step takes more than half") {
  const std::vector<float> old = {1, 1, 1, 4};
  std::vector<float> values = {2, 0.75F, -3, 0};
  limit_fall(old, values);
  CHECK(values == std::vector<float>{2, 0.75F, 0.5F, 2});
}
