#include "quant/fold_batchnorm.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "cnn/blocks.h"
#include "cnn/layer_quantizers.h"
#include "quant/quantize.h"

using namespace akida;
using namespace akida::quant;

namespace {

void fill(cnn::Network& network, std::uint64_t seed, bool positive_gamma) {
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    for (cnn::Variable& variable : network.variables(i)) {
      Random random(seed, static_cast<std::uint32_t>(i),
                    static_cast<std::uint32_t>(variable.name.size()));
      for (float& value : variable.value.data<float>()) {
        value = static_cast<float>(random.normal());
        if (variable.name == "moving_variance") value = value * value + 0.1F;
        if (variable.name == "gamma" && positive_gamma) value = std::abs(value) + 0.1F;
      }
    }
  }
}

std::span<const float> values(const cnn::Layer& layer, std::string_view name) {
  for (const cnn::Variable& variable : layer.variables) {
    if (variable.name == name) return variable.value.data<float>();
  }
  return {};
}

double normalized(const cnn::Layer& layer, std::size_t filter, double x) {
  const double sigma = std::sqrt(double{values(layer, "moving_variance")[filter]} + 1e-3F);
  return values(layer, "gamma")[filter] * (x - values(layer, "moving_mean")[filter]) / sigma +
         values(layer, "beta")[filter];
}

// One output of a layer with a kernel [.., channels, filters] over a single position.
double product(const cnn::Layer& layer, std::string_view kernel, const std::vector<double>& input,
               std::size_t filter) {
  const auto weights = values(layer, kernel);
  const std::size_t filters = weights.size() / input.size();
  double sum = 0;
  for (std::size_t c = 0; c < input.size(); ++c) sum += input[c] * weights[c * filters + filter];
  const auto bias = values(layer, "bias");
  return bias.empty() ? sum : sum + double{bias[filter]};
}

}  // namespace

TEST_CASE("a folded Dense computes what Dense and normalization computed") {
  for (bool use_bias : {true, false}) {
    cnn::Network network;
    network.add({.name = "in", .parameters = cnn::Input{{3}}});
    dense_block(network, "fc", {.units = 4, .use_bias = use_bias}, {.add_batchnorm = true});
    fill(network, 5, false);
    const cnn::Network folded = fold_batchnorm(network);
    REQUIRE(folded.layers().size() == 3);
    CHECK(folded.layer(2).name == "fc_relu");
    CHECK(folded.layer(2).inbounds == std::vector<std::uint32_t>{1});
    const std::vector<double> input = {0.5, -2, 1.25};
    for (std::size_t j = 0; j < 4; ++j) {
      const double before =
          normalized(network.layer(2), j, product(network.layer(1), "kernel", input, j));
      CHECK(product(folded.layer(1), "kernel", input, j) == Approx(before).epsilon(1e-5));
    }
  }
}

TEST_CASE("a normalization behind max pooling moves in front of it, with positive gammas only") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{2, 2, 2}}});
  conv_block(network, "c", {.filters = 3},
             {.pooling = cnn::BlockPooling::kMax, .add_batchnorm = true});
  fill(network, 6, true);
  const cnn::Network folded = fold_batchnorm(network);
  REQUIRE(folded.layers().size() == 4);
  CHECK(folded.layer(2).type() == cnn::LayerType::kMaxPooling2D);
  const std::vector<std::vector<double>> pixels = {{1, 2}, {-1, 0.5}, {0.25, -3}, {2, 2}};
  for (std::size_t j = 0; j < 3; ++j) {
    double before = -1e30, after = -1e30;
    for (const std::vector<double>& pixel : pixels) {
      before = std::max(before, product(network.layer(1), "kernel", pixel, j));
      after = std::max(after, product(folded.layer(1), "kernel", pixel, j));
    }
    CHECK(after == Approx(normalized(network.layer(3), j, before)).epsilon(1e-5));
  }
  network.variables(3)[0].value.data<float>()[1] = -0.5F;
  const std::string negative =
      "layer 'c_BN': gamma of filter 1 is -0.5, but behind max pooling it must be above 0: train "
      "with min_gamma";
  CHECK_THROWS_WITH(fold_batchnorm(network), negative);
  CHECK_THROWS_WITH(require_usable_gammas(network), negative);
  network.variables(3)[0].value.data<float>()[1] = 0;
  const std::string zero =
      "layer 'c_BN': gamma of filter 1 is 0, which can be neither folded nor converted: train "
      "with min_gamma";
  CHECK_THROWS_WITH(fold_batchnorm(network), zero);
  CHECK_THROWS_WITH(require_usable_gammas(network), zero);
}

TEST_CASE("a separable layer folds into its pointwise kernel, a depthwise one into its channels") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{2, 2, 2}}});
  separable_conv_block(network, "s", {.filters = 3, .use_bias = false},
                       {.add_batchnorm = true, .add_activation = false});
  network.add({.name = "d", .parameters = cnn::DepthwiseConv2D{}});
  network.add({.name = "d_BN", .parameters = cnn::BatchNormalization{}});
  fill(network, 7, false);
  const cnn::Network folded = fold_batchnorm(network);
  REQUIRE(folded.layers().size() == 3);
  CHECK((folded.layer(1).variables[0] == network.layer(1).variables[0]));
  CHECK(folded.layer(1).variables[2].name == "bias");
  const std::vector<double> input = {0.5, -2};
  for (std::size_t j = 0; j < 3; ++j) {
    const double before =
        normalized(network.layer(2), j, product(network.layer(1), "pointwise_kernel", input, j));
    CHECK(product(folded.layer(1), "pointwise_kernel", input, j) == Approx(before).epsilon(1e-5));
    const double factor = values(network.layer(4), "gamma")[j] /
                          std::sqrt(values(network.layer(4), "moving_variance")[j] + 1e-3);
    CHECK(values(folded.layer(2), "depthwise_kernel")[j] ==
          Approx(values(network.layer(3), "depthwise_kernel")[j] * factor).epsilon(1e-5));
  }
}

TEST_CASE("codes of quantized kernels survive folding but for the sign of gamma") {
  const auto range = GENERATE(WeightRange::kMax, WeightRange::kStd, WeightRange::kLeastError);
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{20}}});
  dense_block(network, "fc", {.units = 8}, {.add_batchnorm = true});
  fill(network, 8, false);
  network = quantize(network, {.weight_bits = 4, .weight_range = range});
  const cnn::Network folded = fold_batchnorm(network);
  const auto codes = [](const cnn::Layer& layer) {
    const cnn::KernelQuantizer found = kernel_quantizers(layer)[0];
    std::vector<std::int8_t> result(layer.variables[0].value.data<float>().size());
    cnn::weight_codes(4, kernel_weights(layer, found), scale_factors(layer, found), result);
    return result;
  };
  const auto before = codes(network.layer(1)), after = codes(folded.layer(1));
  int different = 0;  // ties may round the other way
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool flips = values(network.layer(2), "gamma")[i % 8] < 0;
    different += after[i] != (flips ? -before[i] : before[i]);
  }
  CHECK(different <= 1);
}

TEST_CASE("normalizations that cannot or need not be folded") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{4}}});
  network.add({.name = "first", .parameters = cnn::BatchNormalization{}});
  CHECK((fold_batchnorm(network) == network));
  network.add({.name = "fc", .parameters = cnn::Dense{.units = 2}});
  network.add({.name = "BN", .parameters = cnn::BatchNormalization{}});
  network.add({.name = "other", .inbounds = {2}, .parameters = cnn::ReLU{}});
  CHECK_THROWS_WITH(fold_batchnorm(network),
                    "layer 'BN': it cannot be folded into 'fc', which feeds other layers, too");
  network.pop_layer();
  const cnn::Network scalar =
      quantize(network, {.weight_bits = 4, .weight_range = WeightRange::kMaxTensor});
  CHECK_THROWS_WITH(fold_batchnorm(scalar),
                    "layer 'BN': its quantizer of kind max has one limit for all filters: "
                    "normalization can only be folded where each has its own");
}
