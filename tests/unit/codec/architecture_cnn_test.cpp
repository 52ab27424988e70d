#include <catch2/catch.hpp>

#include "cnn/blocks.h"
#include "codec/architecture.h"
#include "random_cnn.h"
#include "zoo/architectures.h"

using namespace akida;
using namespace akida::codec;

namespace {

cnn::Network described(const cnn::Network& network, bool with_variables) {
  cnn::Network copy;
  copy.info = network.info;
  copy.info.history.clear();
  copy.info.producer.clear();
  for (cnn::Layer layer : network.layers()) {
    if (!with_variables) layer.variables.clear();
    copy.add(layer);
  }
  return copy;
}

cnn::Network parse(const std::string& text) {
  return std::get<cnn::Network>(parse_any_architecture(text));
}

constexpr const char* kHead = "layers:\n- {type: Input, shape: [8, 8, 3], name: in}\n";

cnn::Network parse_behind_input(const std::string& tail) { return parse(kHead + tail); }

cnn::Layer second_layer(const std::string& layer) {
  return parse_behind_input("- " + layer + "\n").layer(1);
}

}  // namespace

TEST_CASE("what write_architecture prints of a CNN reads back as the same network") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const cnn::Network network = described(test::random_cnn(seed), true);
    const std::string text = write_architecture(network, ArchitectureContent::kVariables);
    const cnn::Network copy = parse(text);
    if (!(copy == network) || !(copy.info == network.info)) FAIL("seed " << seed << "\n" << text);
    if (!(parse(write_architecture(network)) == described(network, false))) FAIL("seed " << seed);
  }
}

TEST_CASE("every zoo network can be written down and read back") {
  CHECK((parse(write_architecture(zoo::mobilenet_imagenet({.alpha = 0.25}))) ==
         zoo::mobilenet_imagenet({.alpha = 0.25})));
  CHECK((parse(write_architecture(zoo::pointnet_plus_modelnet40())) ==
         zoo::pointnet_plus_modelnet40()));
}

TEST_CASE("the documented GXNOR network, written as blocks, is the zoo's") {
  const AnyModel model = read_any_architecture(AKIDA_TESTDATA "/arch/gxnor_mnist.yaml");
  CHECK((std::get<cnn::Network>(model) == zoo::gxnor_mnist()));
  CHECK(std::get<cnn::Network>(model).info.name == zoo::gxnor_mnist().info.name);
  CHECK(std::get<cnn::Network>(model).info.scaling_a == zoo::gxnor_mnist().info.scaling_a);
}

TEST_CASE("arguments have Keras' names, forms and defaults") {
  const cnn::Layer conv = second_layer(
      "{type: Conv2D, name: c, filters: 4, kernel_size: [3, 2], strides: 2, padding: same,"
      " use_bias: false, kernel_regularizer: {l2: 4e-5}}");
  CHECK((std::get<cnn::Conv2D>(conv.parameters) ==
         cnn::Conv2D{4, {3, 2}, {2, 2}, cnn::Padding::kSame, false, {.l2 = 4e-5F}}));
  CHECK(conv.output_shape == cnn::Dims{4, 4, 4});
  CHECK((std::get<cnn::Conv2D>(
             second_layer("{type: Conv2D, filters: 1, kernel_size: 3}").parameters) ==
         cnn::Conv2D{.filters = 1, .kernel_size = {3, 3}}));
  // A pool's strides are its size unless they are given.
  CHECK((std::get<cnn::MaxPooling2D>(
             second_layer("{type: MaxPooling2D, pool_size: [3, 2]}").parameters) ==
         cnn::MaxPooling2D{{3, 2}, {3, 2}}));
  CHECK((std::get<cnn::AveragePooling2D>(
             second_layer("{type: AveragePooling2D, pool_size: 3, strides: 1}").parameters) ==
         cnn::AveragePooling2D{{3, 3}, {1, 1}}));
  CHECK((std::get<cnn::ReLU>(second_layer("{type: ReLU}").parameters) == cnn::ReLU{}));
  CHECK((std::get<cnn::ReLU>(second_layer("{type: ReLU, max_value: 6}").parameters) ==
         cnn::ReLU{.max_value = 6.0F}));
  CHECK((std::get<cnn::Activation>(
             second_layer("{type: Activation, activation: softmax}").parameters) ==
         cnn::Activation{cnn::ActivationFunction::kSoftmax}));
}

TEST_CASE("variables are lists in Keras' shapes, and one number fills a vector") {
  const cnn::Network network = parse_behind_input(
      "- {type: Flatten}\n"
      "- {type: Reshape, target_shape: [96, 1, 2]}\n"
      "- {type: Dense, units: 3, variables: {kernel: [[1, 2, 3], [4, 5, 0.5]], bias: -1}}\n");
  const auto& variables = network.layer(3).variables;
  const auto kernel = variables[0].value.data<float>();
  CHECK(std::vector<float>(kernel.begin(), kernel.end()) ==
        std::vector<float>{1, 2, 3, 4, 5, 0.5F});
  CHECK(variables[1].value.data<float>()[2] == -1.0F);
}

TEST_CASE("an activation inside of a layer becomes a layer behind it") {
  const cnn::Network network = parse_behind_input(
      "- {type: Conv2D, name: c, filters: 2, kernel_size: 1, activation: relu}\n"
      "- {type: Dense, units: 2, activation: softmax}\n");
  REQUIRE(network.layers().size() == 5);
  CHECK(network.layer(2).name == "c_relu");
  CHECK((std::get<cnn::ReLU>(network.layer(2).parameters) == cnn::ReLU{}));
  CHECK(network.layer(4).name == "dense_softmax");
}

TEST_CASE("blocks add what the documented functions add, with all their options") {
  const cnn::Network network = parse_behind_input(
      "- {type: conv_block, name: a, filters: 4, kernel_size: 3, padding: same, use_bias: false,\n"
      "   pooling: max, pool_size: [2, 4], add_batchnorm: true, kernel_regularizer: {l1: 1}}\n"
      "- {type: separable_conv_block, name: b, filters: 2, kernel_size: 1, pooling: global_avg,\n"
      "   add_activation: false, inbound_layers: [in]}\n"
      "- {type: dense_block, name: d, units: 5, add_batchnorm: true, max_value: null}\n");
  cnn::Network expected;
  expected.add({.name = "in", .parameters = cnn::Input{{8, 8, 3}}});
  conv_block(expected, "a",
             {.filters = 4,
              .kernel_size = {3, 3},
              .padding = cnn::Padding::kSame,
              .use_bias = false,
              .kernel_regularizer = {.l1 = 1}},
             {.pooling = cnn::BlockPooling::kMax, .pool_size = {2, 4}, .add_batchnorm = true});
  separable_conv_block(
      expected, "b", {.filters = 2},
      {.pooling = cnn::BlockPooling::kGlobalAverage, .add_activation = false, .inbounds = {0}});
  dense_block(expected, "d", {.units = 5}, {.add_batchnorm = true, .max_value = {}});
  CHECK((network == expected));
  CHECK(network.layer(2).output_shape == cnn::Dims{4, 2, 4});
  CHECK(network.find("b_global_avg") == 6);
}

TEST_CASE("quantizers are mappings of kind, bits and threshold, and have variables") {
  const cnn::Layer dense = second_layer(
      "{type: Dense, units: 2, kernel_quantizer: {kind: std, bits: 3, threshold: 2.5}}");
  CHECK((std::get<cnn::Dense>(dense.parameters).kernel_quantizer ==
         cnn::WeightQuantizer{cnn::QuantizerKind::kStd, 3, 2.5F}));
  const cnn::Layer separable = second_layer(
      "{type: SeparableConv2D, filters: 2, kernel_size: 1, pointwise_quantizer:\n"
      "   {kind: lsq, bits: 4}, depthwise_quantizer: null, variables: {pointwise_limit: [1, 2]}}");
  CHECK_FALSE(std::get<cnn::SeparableConv2D>(separable.parameters).depthwise_quantizer);
  CHECK(separable.variables.back().value.data<float>()[1] == 2.0F);
  const cnn::Layer relu = second_layer("{type: QuantizedReLU, bitwidth: 4, variables: {step: 2}}");
  CHECK(relu.variables[1].value.data<float>()[0] == 2.0F);
  CHECK_THROWS_WITH(second_layer("{type: QuantizedReLU, variables: {step: 0}}"),
                    "line 3, column 43: layer 'quantized_relu': step: element 0: value 0 is not "
                    "above 0");
}

TEST_CASE("a document has layers of one kind") {
  CHECK_THROWS_WITH(
      parse_behind_input("- {type: FullyConnected, num_neurons: 1}\n"),
      "line 3, column 10: layer type 'FullyConnected' is native, but the other layers are of "
      "Keras; a network has layers of one kind");
  CHECK_THROWS_WITH(parse_architecture(std::string(kHead)),
                    "the layers are of Keras, but this needs native layers");
  AnyModel native = parse_any_architecture(
      "layers: [{type: InputData, input_width: 1, input_height: 1, input_channels: 1}]");
  CHECK_THROWS_WITH(append_layer(native, "{type: Dense, units: 1}"),
                    "line 1, column 8: layer type 'Dense' is of Keras, but the other layers are "
                    "native; a network has layers of one kind");
  CHECK_THROWS_WITH(
      parse_any_architecture("layers: [{type: Danse, units: 1}]"),
      Catch::StartsWith("line 1, column 17: layer type 'Danse' is none of InputData,"));
}

TEST_CASE("every mistake in a Keras layer names its place") {
  const auto [tail, message] = GENERATE(table<const char*, const char*>({
      {"- {type: Conv2d}",
       "line 3, column 10: layer type 'Conv2d' is none of Input, Rescaling, Conv2D, "
       "SeparableConv2D, DepthwiseConv2D, Dense, BatchNormalization, ReLU, MaxPooling2D, "
       "AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, Flatten, Reshape, Dropout, "
       "Activation, Softmax, Concatenate, ActivationDiscreteRelu, QuantizedReLU, conv_block, "
       "separable_conv_block, dense_block; the nearest is 'Conv2D'"},
      {"- {type: Dense}", "line 3, column 3: Dense has no 'units'"},
      {"- {type: Dense, unit: 1}",
       "line 3, column 17: unknown key 'unit' of Dense; the nearest is 'units'"},
      {"- {type: conv_block, filters: 1, kernel_size: 1, activation: relu}",
       "line 3, column 50: unknown key 'activation' of conv_block; the nearest is "
       "'add_activation'"},
      {"- {type: dense_block, units: 1, pooling: max}",
       "line 3, column 33: unknown key 'pooling' of dense_block"},
      {"- {type: conv_block, filters: 1, kernel_size: 1, pooling: mean}",
       "line 3, column 59: pooling 'mean' is none of none, max, avg, global_max, global_avg; the "
       "nearest is 'max'"},
      {"- {type: Conv2D, filters: 1, kernel_size: [1, 2, 3]}",
       "line 3, column 43: 'kernel_size' has 3 numbers, not [height, width]"},
      {"- {type: Conv2D, filters: 1, kernel_size: 3, padding: Same}",
       "line 3, column 55: padding 'Same' is none of valid, same; the nearest is 'same'"},
      {"- {type: Conv2D, filters: 1, kernel_size: 9}",
       "line 3, column 3: layer 'conv2d': a window of height 9 does not fit an input of 8"},
      {"- {type: Dense, units: 1, kernel_regularizer: 0.1}",
       "line 3, column 47: 'kernel_regularizer' is '0.1', not a mapping"},
      {"- {type: Dense, units: 1, kernel_regularizer: {l3: 1}}",
       "line 3, column 48: unknown key 'l3' of kernel_regularizer; the nearest is 'l1'"},
      {"- {type: Reshape, target_shape: [1, 1, 1, 1, 192]}",
       "line 3, column 33: 'target_shape' has 5 numbers, not 1 or 3"},
      {"- {type: Dropout, rate: 1}",
       "line 3, column 3: layer 'dropout': rate 1 is outside 0 <= rate < 1"},
      {"- {type: Input, shape: [1]}",
       "line 3, column 3: layer 'input_1': an Input must be the first layer, not layer 1"},
      {"- {type: Dense, units: 2, variables: {weights: 1}}",
       "line 3, column 39: unknown key 'weights' of layer 'dense'"},
      {"- {type: Dense, units: 2, variables: {kernel: [[1, 2]]}}",
       "line 3, column 47: layer 'dense': kernel: shape (1, 2) is not (3, 2)"},
      {"- {type: Dense, units: 2, variables: {bias: [1, 1e39]}}",
       "line 3, column 49: 'bias' is '1e39', not a finite number"},
      {"- {type: Concatenate, inbound_layers: [inn]}",
       "line 3, column 40: no earlier layer is called 'inn'; the nearest is 'in'"},
      {"- {type: Flatten, name: \"a\\tb\"}",
       "line 3, column 3: layer name: byte 1: control character 0x09"},
  }));
  INFO(tail);
  CHECK_THROWS_WITH(parse_behind_input(tail), message);
}

TEST_CASE("layers and blocks are appended to a CNN as if the document had them") {
  AnyModel model = parse_behind_input("");
  const std::string block = "{type: conv_block, filters: 2, kernel_size: 1, add_batchnorm: true}";
  append_layer(model, block);
  CHECK((std::get<cnn::Network>(model) == parse_behind_input("- " + block + "\n")));
}
