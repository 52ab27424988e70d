#include "quant/channel_ranges.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "quant/quantization_report.h"
#include "quant/quantize.h"

using namespace akida;
using namespace akida::quant;

namespace {

// Two taps, two channels whose ranges differ a hundredfold, a silent third, two filters.
cnn::Network uneven() {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{4, 4, 3}}});
  network.add(
      {.name = "s",
       .parameters = cnn::SeparableConv2D{.filters = 2, .kernel_size = {2, 1}, .use_bias = false}});
  const std::vector<float> depthwise = {4, -0.04F, 0, -2, 0.01F, 0}, pointwise = {1, 2, 3, 4, 5, 6};
  std::ranges::copy(depthwise, network.variables(1)[0].value.data<float>().begin());
  std::ranges::copy(pointwise, network.variables(1)[1].value.data<float>().begin());
  return network;
}

}  // namespace

TEST_CASE("normalized channels have the same largest weight, and products stay") {
  cnn::Network network = uneven();
  const cnn::Network before = network;
  CHECK(normalize_separable_layers(network) == 1);
  const auto depthwise = network.layer(1).variables[0].value.data<float>();
  const auto pointwise = network.layer(1).variables[1].value.data<float>();
  CHECK(std::vector<float>(depthwise.begin(), depthwise.end()) ==
        std::vector<float>{1, -1, 0, -0.5F, 0.25F, 0});
  for (std::size_t tap = 0; tap < 2; ++tap) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t f = 0; f < 2; ++f) {
        const double old = double{before.layer(1).variables[0].value.data<float>()[tap * 3 + c]} *
                           double{before.layer(1).variables[1].value.data<float>()[c * 2 + f]};
        CHECK(double{depthwise[tap * 3 + c]} * double{pointwise[c * 2 + f]} ==
              Approx(old).epsilon(1e-6));
      }
    }
  }
  cnn::Network quantized = quantize(before, {.weight_bits = 4});
  CHECK_THROWS_WITH(normalize_separable_layers(quantized),
                    "layer 's': its kernels cannot be normalized once limits of kind fixed are "
                    "stored");
}

TEST_CASE("homogeneity is the mean of the filters' ranges over the largest") {
  cnn::Network network = uneven();
  CHECK(weights_homogeneity(network.layer(1).variables[0]) ==
        Approx((4 + 0.04 + 0) / (3 * 4.0)).epsilon(1e-6));
  CHECK(weights_homogeneity(network.layer(1).variables[1]) == Approx((5 + 6) / (2 * 6.0)));
  std::ranges::fill(network.variables(1)[0].value.data<float>(), 0.0F);
  CHECK(weights_homogeneity(network.layer(1).variables[0]) == 1);
}

TEST_CASE("the report tells ratio, zeros and clipped weights of every kernel") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{4}}});
  cnn::Dense dense{.units = 1, .use_bias = false};
  dense.kernel_quantizer = cnn::WeightQuantizer{cnn::QuantizerKind::kFixed, 3};
  network.add({.name = "fc", .parameters = dense});
  network.add({.name = "relu", .parameters = cnn::ActivationDiscreteRelu{4}});
  const std::vector<float> weights = {0.25F, 1, -2, 5};
  std::ranges::copy(weights, network.variables(1)[0].value.data<float>().begin());
  network.variables(1)[1].value.data<float>()[0] = 3;  // codes 0, 1, -2, 3
  const QuantizationReport report = quantization_report(network);
  REQUIRE(report.kernels.size() == 1);
  CHECK(report.kernels[0].layer == "fc");
  CHECK(report.kernels[0].kernel == "kernel");
  CHECK(report.kernels[0].decibels == Approx(10 * std::log10(30.0625 / 4.0625)));
  CHECK(report.kernels[0].zeros == 0.25);
  CHECK(report.kernels[0].clipped == 0.25);
  REQUIRE(report.activations.size() == 1);
  CHECK(report.activations[0].quantizer == cnn::ActivationQuantizer{4, 0.2F, 0.4F});
  std::ranges::fill(network.variables(1)[0].value.data<float>(), 0.0F);
  CHECK(quantization_report(network).kernels[0].decibels ==
        std::numeric_limits<double>::infinity());
}
