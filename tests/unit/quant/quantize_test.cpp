#include "quant/quantize.h"

#include <catch2/catch.hpp>

#include "cnn/blocks.h"
#include "cnn/initializers.h"
#include "cnn/layer_quantizers.h"
#include "quant/range_search.h"
#include "zoo/architectures.h"

using namespace akida;
using namespace akida::quant;

namespace {

using Kind = cnn::QuantizerKind;

// Convolution, separable convolution and classifier, each but the last with BN and ReLU6.
cnn::Network example() {
  cnn::Network network;
  network.info.name = "example";
  network.add({.name = "in", .parameters = cnn::Input{{8, 8, 3}}});
  conv_block(network, "conv",
             {.filters = 4, .kernel_size = {3, 3}, .kernel_regularizer = {.l2 = 0.5F}},
             {.add_batchnorm = true});
  separable_conv_block(network, "sep", {.filters = 6, .kernel_size = {3, 3}},
                       {.pooling = cnn::BlockPooling::kGlobalAverage, .add_batchnorm = true});
  network.add({.name = "classes", .parameters = cnn::Dense{.units = 2}});
  initialize_zero_kernels(network, 1);
  return network;
}

const cnn::Layer& layer(const cnn::Network& network, std::string_view name) {
  return network.layer(network.find(name));
}

std::vector<cnn::WeightQuantizer> quantizers(const cnn::Network& network, std::string_view name) {
  std::vector<cnn::WeightQuantizer> found;
  for (const auto& quantizer : kernel_quantizers(layer(network, name))) {
    found.push_back(quantizer.quantizer);
  }
  return found;
}

std::vector<float> values(const cnn::Layer& layer, std::size_t variable) {
  const auto data = layer.variables.at(variable).value.data<float>();
  return {data.begin(), data.end()};
}

}  // namespace

TEST_CASE("the documented ranges give the documented classes and keep everything else") {
  const cnn::Network network = example();
  const cnn::Network quantized = quantize(network, {.weight_bits = 4,
                                                    .activation_bits = 2,
                                                    .input_weight_bits = 8,
                                                    .weight_range = WeightRange::kMax});
  REQUIRE(quantized.layers().size() == network.layers().size());
  CHECK(quantized.info.name == "example");
  CHECK(
      (quantizers(quantized, "conv") == std::vector<cnn::WeightQuantizer>{{Kind::kMaxPerAxis, 8}}));
  CHECK((quantizers(quantized, "sep") ==
         std::vector<cnn::WeightQuantizer>{{Kind::kMax, 4}, {Kind::kMaxPerAxis, 4}}));
  CHECK((quantizers(quantized, "classes") ==
         std::vector<cnn::WeightQuantizer>{{Kind::kMaxPerAxis, 4}}));
  CHECK((layer(quantized, "conv_relu").parameters ==
         cnn::Parameters(cnn::ActivationDiscreteRelu{2})));
  CHECK(std::get<cnn::Conv2D>(layer(quantized, "conv").parameters).kernel_regularizer.l2 == 0.5F);
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    CHECK((quantized.layer(i).variables == network.layer(i).variables));
    CHECK(quantized.layer(i).name == network.layer(i).name);
  }
}

TEST_CASE("by default limits are those of least error below 8 bits and maxima at 8") {
  const cnn::Network network = example();
  const cnn::Network quantized = quantize(network, {.weight_bits = 3, .input_weight_bits = 8});
  CHECK(
      (quantizers(quantized, "conv") == std::vector<cnn::WeightQuantizer>{{Kind::kMaxPerAxis, 8}}));
  CHECK((quantizers(quantized, "sep") ==
         std::vector<cnn::WeightQuantizer>{{Kind::kFixed, 3}, {Kind::kFixed, 3}}));
  const cnn::Layer& separable = layer(quantized, "sep");
  CHECK(values(separable, 3) == least_error_limits(3, values(separable, 0), 1));
  CHECK(values(separable, 4) == least_error_limits(3, values(separable, 1), 6));
  CHECK(layer(quantized, "sep_relu").type() == cnn::LayerType::kReLU);
}

TEST_CASE("0 bits keep layers float, and single layers have bits of their own") {
  const cnn::Network quantized =
      quantize(example(), {.weight_bits = 4,
                           .activation_bits = 4,
                           .input_weight_bits = 0,
                           .layer_bits = {{"classes", 2}, {"sep_relu", 1}}});
  CHECK(quantizers(quantized, "conv").empty());
  CHECK(quantizers(quantized, "sep")[0].bits == 4);
  CHECK(quantizers(quantized, "classes")[0].bits == 2);
  CHECK(cnn::activation_quantizer(layer(quantized, "conv_relu"))->bits == 4);
  CHECK(cnn::activation_quantizer(layer(quantized, "sep_relu"))->bits == 1);
}

TEST_CASE("quantizing again changes bits only, step by step") {
  const auto range = GENERATE(WeightRange::kMax, WeightRange::kMaxTensor, WeightRange::kStd,
                              WeightRange::kStdTensor, WeightRange::kTrainableStd,
                              WeightRange::kLeastError, WeightRange::kLsq);
  cnn::Network first =
      quantize(example(), {.weight_bits = 4, .activation_bits = 4, .weight_range = range});
  first.variables(1)[0].value.data<float>()[5] = 0.75F;  // training went on
  const bool learns_threshold = range == WeightRange::kTrainableStd;
  if (learns_threshold) first.variables(1)[2].value.data<float>()[0] = 2.25F;
  const cnn::Network second = quantize(first, {.weight_bits = 2, .activation_bits = 1});
  for (const char* name : {"conv", "sep", "classes"}) {
    const auto before = quantizers(first, name), after = quantizers(second, name);
    REQUIRE(before.size() == after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(before[i].kind == after[i].kind);
      CHECK(after[i].bits == 2);
    }
    CHECK(values(layer(first, name), 0) == values(layer(second, name), 0));
  }
  if (learns_threshold) CHECK(values(layer(second, "conv"), 2)[0] == 2.25F);
  if (range == WeightRange::kLsq) {
    CHECK(values(layer(second, "conv"), 2) ==
          least_error_limits(2, values(layer(second, "conv"), 0), 4));
  }
  CHECK((layer(second, "conv_relu").parameters == cnn::Parameters(cnn::ActivationDiscreteRelu{1})));
}

TEST_CASE("a learned shift of an activation stays when its bits change") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{1}}});
  network.add({.name = "relu", .parameters = cnn::QuantizedReLU{.bitwidth = 4}});
  // Steps of 0.25 up to 3.75, from 0.5 instead of 0.125 on: the ramp is moved by 0.375.
  network.variables(1)[0].value.data<float>()[0] = 0.5F;
  network.variables(1)[1].value.data<float>()[0] = 0.25F;
  const cnn::Network binary = quantize(network, {.activation_bits = 1});
  CHECK(cnn::activation_quantizer(binary.layer(1)) ==
        cnn::ActivationQuantizer{.bits = 1, .threshold = 0.375F + 3.75F / 2, .step = 3.75F});
  CHECK(cnn::activation_quantizer(quantize(network, {.activation_bits = 4}).layer(1)) ==
        cnn::activation_quantizer(network.layer(1)));
}

TEST_CASE("limits that were learned stay where the bits stay, and become trainable") {
  cnn::Network fixed = quantize(example(), {.weight_bits = 4});
  fixed.variables(1)[2].value.data<float>()[1] = 0.375F;
  CHECK(values(layer(quantize(fixed, {.weight_bits = 4}), "conv"), 2)[1] == 0.375F);
  const cnn::Network trained = quantize(fixed, {.weight_range = WeightRange::kLsq});
  CHECK((quantizers(trained, "conv") == std::vector<cnn::WeightQuantizer>{{Kind::kLsq, 4}}));
  CHECK(values(layer(trained, "conv"), 2)[1] == 0.375F);
  CHECK(layer(trained, "conv").variables[2].trainable);
}

TEST_CASE("activations take their range from the ReLU, the documentation or their past") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{4}}});
  network.add({.name = "six",
               .parameters = cnn::ReLU{.max_value = 6.0F, .activity_regularizer = {.l1 = 1}}});
  network.add({.name = "free", .parameters = cnn::ReLU{}});
  const auto with = [&](std::int32_t bits, std::optional<ActivationRange> range) {
    return quantize(network, {.activation_bits = bits, .activation_range = range});
  };
  const auto quantizer = [](const cnn::Network& from, std::string_view name) {
    return *cnn::activation_quantizer(layer(from, name));
  };
  const cnn::Network maximum = with(2, ActivationRange::kMaximum);
  CHECK((layer(maximum, "six").parameters ==
         cnn::Parameters(cnn::QuantizedReLU{2, 6.0F, {.l1 = 1}})));
  CHECK(quantizer(maximum, "free") == cnn::ActivationQuantizer{2, 0.5F, 1.0F});
  const cnn::Network trained = with(2, ActivationRange::kTrained);
  CHECK(quantizer(trained, "six") == cnn::ActivationQuantizer{2, 1.0F, 2.0F});
  CHECK(quantizer(trained, "free") == cnn::ActivationQuantizer{2, 0.5F, 1.0F});
  CHECK(trainable_count(layer(trained, "six")) == 2);
  // The range of a trained activation stays when its bits change, 3 levels of 2, then 1 of 6, and
  // so does what moves it: 0.5 - 2 / 2.
  cnn::Network moved = trained;
  moved.variables(1)[0].value.data<float>()[0] = 0.5F;
  const cnn::Network binary = quantize(moved, {.activation_bits = 1});
  CHECK(quantizer(binary, "six") == cnn::ActivationQuantizer{1, 2.5F, 6.0F});
  CHECK(quantizer(quantize(maximum, {.activation_bits = 1}), "six") ==
        cnn::ActivationQuantizer{1, 3.0F, 6.0F});
  CHECK(quantizer(quantize(moved, {.activation_bits = 2}), "six") ==
        cnn::ActivationQuantizer{2, 0.5F, 2.0F});
}

TEST_CASE("what cannot be quantized is refused by layer, value and range") {
  const cnn::Network quantized = quantize(example(), {.weight_bits = 4, .activation_bits = 4});
  CHECK_THROWS_WITH(quantize(quantized, {.weight_bits = 0}),
                    "layer 'conv': it is quantized to 4 bits already, and a quantized layer cannot "
                    "get 0 bits");
  CHECK_THROWS_WITH(quantize(quantized, {.activation_bits = 0}),
                    Catch::StartsWith("layer 'conv_relu': it is quantized to 4 bits"));
  CHECK_THROWS_WITH(quantize(example(), {.weight_bits = 1}),
                    "layer 'conv': 1 bits are neither 0 nor in 2..8");
  CHECK_THROWS_WITH(quantize(example(), {.activation_bits = 9}),
                    "layer 'conv_relu': 9 bits are neither 0 nor in 1..8");
  CHECK_THROWS_WITH(quantize(example(), {.layer_bits = {{"sep_BN", 4}}}),
                    "layer 'sep_BN' is BatchNormalization, which has neither weights nor a ReLU");
  CHECK_THROWS_WITH(quantize(example(), {.layer_bits = {{"sap", 4}}}),
                    Catch::StartsWith("no layer 'sap'; the network has: in, conv"));
}

TEST_CASE("zoo networks are quantized") {
  const cnn::Network network =
      quantize(zoo::gxnor_mnist(), {.weight_bits = 2, .activation_bits = 1});
  CHECK(quantizers(network, "block1_conv1")[0].bits == 2);
  CHECK(cnn::activation_quantizer(layer(network, "fc1_relu"))->bits == 1);
}
