#include "quant/round_weights.h"

#include <catch2/catch.hpp>
#include <set>

#include "cnn/layer_quantizers.h"
#include "random_quantized_cnn.h"

using namespace akida;
using namespace akida::quant;

namespace {

struct Codes {
  std::vector<float> scales;  // of every weight
  std::vector<std::int8_t> codes;

  bool operator==(const Codes&) const = default;
};

std::vector<Codes> codes_of(const cnn::Layer& layer) {
  std::vector<Codes> result;
  for (const cnn::KernelQuantizer& kernel : kernel_quantizers(layer)) {
    const auto weights = kernel_weights(layer, kernel);
    const std::vector<float> scales = scale_factors(layer, kernel);
    Codes found{{}, std::vector<std::int8_t>(weights.size())};
    cnn::weight_codes(kernel.quantizer.bits, weights, scales, found.codes);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      found.scales.push_back(scales[i % scales.size()]);
    }
    result.push_back(std::move(found));
  }
  return result;
}

}  // namespace

TEST_CASE("rounded weights keep codes and scale factors, whatever the quantizer, again and again") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const cnn::Network network = test::RandomQuantizedCnn(seed).make();
    const cnn::Network rounded = round_weights(network);
    REQUIRE(rounded.layers().size() == network.layers().size());
    for (std::size_t i = 0; i < network.layers().size(); ++i) {
      REQUIRE(rounded.layer(i).name == network.layer(i).name);
      REQUIRE(codes_of(rounded.layer(i)) == codes_of(network.layer(i)));
    }
    REQUIRE(round_weights(rounded) == rounded);
  }
}

TEST_CASE("rounded weights of 2 bits have at most three values a filter") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{5}}});
  network.add({.name = "fc",
               .parameters = cnn::Dense{
                   .units = 2,
                   .use_bias = false,
                   .kernel_quantizer = cnn::WeightQuantizer{cnn::QuantizerKind::kMaxPerAxis, 2}}});
  const std::vector<float> weights = {0.3F, 0, -1, 0, 0.6F, 0, 0.2F, 0, 0.4F, 0};
  std::ranges::copy(weights, network.variables(1)[0].value.data<float>().begin());
  const cnn::Network rounded = round_weights(network);
  const auto values = rounded.layer(1).variables[0].value.data<float>();
  // round(w / 1) of the first filter; the second one is all zero and keeps the scale factor 1.
  CHECK(std::vector<float>(values.begin(), values.end()) ==
        std::vector<float>{0, 0, -1, 0, 1, 0, 0, 0, 0, 0});
  CHECK(rounded.layer(1).variables[1].name == "kernel_limit");
  CHECK(rounded.layer(1).variables[1].value.data<float>()[1] == 1);
}
