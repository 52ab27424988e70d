// What of a network's structure and values keeps it from conversion, one fault at a time.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "lower/lowered_network.h"

using namespace akida;
using lower::Incompatibility;

namespace {

constexpr cnn::WeightQuantizer kWeights{};
constexpr cnn::WeightQuantizer kDepthwise{.kind = cnn::QuantizerKind::kMax};

cnn::Conv2D conv(cnn::Padding padding = cnn::Padding::kSame) {
  return {.filters = 2, .kernel_size = {3, 3}, .padding = padding, .kernel_quantizer = kWeights};
}
cnn::Dense dense() { return {.units = 2, .kernel_quantizer = kWeights}; }
cnn::ActivationDiscreteRelu relu() { return {.bitwidth = 4}; }

cnn::Network network_of(std::vector<cnn::Parameters> layers, const cnn::Dims& shape = {9, 9, 1}) {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{shape}});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    network.add({.name = fmt::format("l{}", i + 1), .parameters = layers[i]});
  }
  return network;
}

// The faults as "layer: reason".
std::vector<std::string> faults(const cnn::Network& network) {
  std::vector<std::string> texts;
  for (const Incompatibility& fault : lower::incompatibilities(network)) {
    texts.push_back(fmt::format("{}: {}", fault.layer, fault.reason));
  }
  return texts;
}

void check_fault(const cnn::Network& network, const std::string& expected) {
  const std::vector<std::string> texts = faults(network);
  INFO(expected);
  REQUIRE(texts.size() == 1);
  CHECK(texts.front() == expected);
  const auto message = [&]() -> std::string {
    try {
      static_cast<void>(lower::lower(network));
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kInvalid);
      return error.what();
    }
    return "lowered";
  };
  const auto colon = expected.find(':');
  CHECK(message() ==
        fmt::format("layer '{}'{}", expected.substr(0, colon), expected.substr(colon)));
}

void set(cnn::Network& network, std::size_t layer, std::size_t variable,
         const std::vector<float>& values) {
  const auto target = network.variables(layer).at(variable).value.data<float>();
  REQUIRE(target.size() == values.size());
  std::copy(values.begin(), values.end(), target.begin());
}

}  // namespace

TEST_CASE("orders of layers that an SNN has") {
  using Layers = std::vector<cnn::Parameters>;
  const cnn::MaxPooling2D pool{.padding = cnn::Padding::kSame};
  const cnn::BatchNormalization norm;
  const cnn::Dropout drop;
  for (const Layers& layers : {
           Layers{conv(), pool, norm, relu(), conv()},
           Layers{conv(), norm, pool, relu(), conv()},
           Layers{conv(), norm, relu(), pool, drop, conv()},
           Layers{cnn::Rescaling{0.1F}, conv(), relu(), cnn::Flatten{}, drop, dense()},
           Layers{conv(), cnn::GlobalAveragePooling2D{}, norm, relu(), cnn::Reshape{{1, 1, 2}},
                  drop, conv(), relu(), cnn::Reshape{{2}}, dense(), cnn::Softmax{}},
           Layers{conv(), cnn::GlobalAveragePooling2D{}, relu(), cnn::Flatten{},
                  cnn::Reshape{{1, 1, 2}}, dense()},
           Layers{drop, conv(), cnn::Activation{}, norm, relu(), cnn::GlobalMaxPooling2D{}, dense(),
                  cnn::Activation{cnn::ActivationFunction::kSigmoid}},
       }) {
    CHECK(faults(network_of(layers)) == std::vector<std::string>{});
  }
}

TEST_CASE("every fault of the order of layers has a message of its own") {
  const cnn::MaxPooling2D pool{.padding = cnn::Padding::kSame};
  const cnn::BatchNormalization norm;
  check_fault(network_of({conv(), conv()}),
              "l1: no activation layer detected: activation is required in hidden layers, add a "
              "ReLU before 'l2'");
  check_fault(network_of({conv(), relu(), relu()}),
              "l3: a neural layer is required between the two activation layers 'l2' and 'l3': "
              "remove one of them");
  check_fault(network_of({relu(), conv()}),
              "l1: an activation cannot be the first layer: put a neural layer before it");
  check_fault(
      network_of({conv(), pool, pool}),
      "l3: two pooling layers were detected related to layer 'l1': remove 'l2' or this one");
  check_fault(network_of({pool, conv()}),
              "l1: a pooling layer cannot be the first layer: put a Conv2D before it");
  check_fault(network_of({conv(), relu(), cnn::Flatten{}, dense(), cnn::Reshape{{1, 1, 2}}, pool}),
              "l6: a pooling layer must be placed after a convolutional layer, not after the Dense "
              "layer 'l4'");
  check_fault(network_of({conv(), relu(), cnn::GlobalAveragePooling2D{}}),
              "l3: GlobalAveragePooling2D must come before the activation 'l2': exchange them");
  check_fault(network_of({norm, conv()}),
              "l1: batch normalization cannot be the first layer: put a neural layer before it");
  check_fault(network_of({conv(), relu(), norm}),
              "l3: batch normalization must come before the activation 'l2': exchange them");
  check_fault(network_of({conv(), norm, norm}),
              "l3: two batch normalization layers were detected related to layer 'l1': remove 'l2' "
              "or this one");
  check_fault(network_of({conv(), cnn::Flatten{}, relu()}),
              "l2: Flatten layer only supported before a Dense one");
  check_fault(
      network_of({conv(), relu(), dense()}),
      "l3: Dense works on every cell of the map (9, 9, 2): put a Flatten layer before it, or "
      "use a 1x1 Conv2D");
  check_fault(network_of({conv(), relu(), cnn::Reshape{{162}}, dense()}),
              "l3: Reshape can only be used to transform a tensor of shape (N,) to (1, 1, N) and "
              "back: receives (9, 9, 2) and gives (162,)");
  check_fault(
      network_of({conv(), cnn::Softmax{}, relu()}),
      "l2: Softmax is only supported after the last neural layer: remove it or what follows "
      "from 'l3' on");
  check_fault(network_of({conv(), cnn::Rescaling{}, relu()}),
              "l2: Rescaling is only supported once, right behind the input");
  check_fault(network_of({conv(), cnn::Concatenate{}, relu()}),
              "l2: unsupported type Concatenate: remove or replace it");
  const cnn::DepthwiseConv2D depthwise{.use_bias = false, .depthwise_quantizer = kDepthwise};
  check_fault(network_of({conv(), relu(), depthwise, relu()}),
              "l3: DepthwiseConv2D is only supported right before a Conv2D with kernel and strides "
              "(1, 1), with which it makes a separable layer: remove what stands between, or use "
              "SeparableConv2D");
  check_fault(network_of({}),
              "in: there is no neural layer: add a Conv2D, SeparableConv2D or Dense "
              "layer");
  cnn::Network branches = network_of({conv(), relu(), conv()});
  branches.add({.name = "side", .inbounds = {1}, .parameters = relu()});
  check_fault(branches,
              "side: the model contains more than one sequential branch: every layer must "
              "follow the one before it");
}

TEST_CASE("every fault of arguments and values has a message of its own") {
  check_fault(network_of({conv(cnn::Padding::kSame), cnn::MaxPooling2D{}, relu()}),
              "l2: its padding must equal that of layer 'l1'");
  check_fault(
      network_of({conv(), cnn::AveragePooling2D{.padding = cnn::Padding::kSame}, relu()}),
      "l2: windows that reach over the edge average fewer cells: use padding valid or a size "
      "that divides the map");
  check_fault(network_of({cnn::Conv2D{}, relu()}),
              "l1: its weights are not quantized: quantize the model first");
  check_fault(network_of({conv(), cnn::ReLU{}}),
              "l2: the activation is not quantized: quantize the model first");
  check_fault(network_of({conv(), cnn::QuantizedReLU{.bitwidth = 8, .max_value = 1e-45F}}),
              "l2: its step 0 is not above 0");
  check_fault(network_of({cnn::Flatten{}, dense()}),
              "l2: the first layer of an image network must be a Conv2D, not Dense: put one before "
              "it, or read the samples as events");

  cnn::SeparableConv2D separable{.depthwise_quantizer = kDepthwise,
                                 .pointwise_quantizer = kWeights};
  separable.depthwise_quantizer->bits = 8;
  check_fault(network_of({conv(), relu(), separable}),
              "l3: depthwise and pointwise weights have 8 and 4 bits: a separable layer needs the "
              "same for both");

  cnn::Network scaled = network_of({cnn::Rescaling{0.5F}, conv()});
  scaled.info.scaling_a = 2;
  check_fault(scaled,
              "l1: the model's input scaling (2, 0) and this layer both scale the samples: "
              "keep one of them");
  cnn::Network events = network_of({conv()}, {9, 9, 2});
  events.info.scaling_b = 7;
  check_fault(events,
              "in: events need an input scaling whose second number is 0, not 7: a cell "
              "without an event is 0");
}

TEST_CASE("gammas that no threshold can express are faults") {
  const cnn::MaxPooling2D pool{.padding = cnn::Padding::kSame};
  cnn::Network network = network_of({conv(), pool, cnn::BatchNormalization{}, relu()});
  CHECK(faults(network).empty());
  set(network, 3, 0, {1, -0.5});
  check_fault(network,
              "l3: there are 1 negative gammas behind max pooling, the first of filter 1: "
              "train with min_gamma, or pool behind the normalization");
  set(network, 3, 0, {0, 0});
  check_fault(network, "l3: there are 2 null gammas, the first of filter 0: train with min_gamma");
  set(network, 3, 0, {1, 1});
  set(network, 3, 3, {1, -0.001F});
  check_fault(network, "l3: moving_variance -0.001 of filter 1 is not above -epsilon");
  // In front of max pooling and behind average pooling, either sign has an SNN.
  network = network_of({conv(), cnn::BatchNormalization{}, pool, relu()});
  set(network, 2, 0, {1, -0.5});
  CHECK(faults(network).empty());
  network = network_of({conv(), cnn::GlobalAveragePooling2D{}, cnn::BatchNormalization{}, relu()});
  set(network, 3, 0, {1, -0.5});
  CHECK(faults(network).empty());
}

TEST_CASE("of a float network only the structure is looked at") {
  const cnn::Network network = network_of({cnn::Conv2D{}, cnn::ReLU{}});
  CHECK(lower::incompatibilities(network).empty());
  CHECK_THROWS_WITH(lower::lower(network),
                    "layer 'l1': its weights are not quantized: quantize the model first");
  CHECK(faults(network_of({cnn::Conv2D{}, cnn::ReLU{}, cnn::ReLU{}})).size() == 1);
  CHECK(lower::incompatibilities(cnn::Network{}).size() == 1);
}

TEST_CASE("all faults of a network are told, in the order of its layers") {
  const std::vector<std::string> texts =
      faults(network_of({cnn::Conv2D{}, conv(), relu(), relu(), cnn::Softmax{}, relu()}));
  REQUIRE(texts.size() == 5);
  CHECK(texts[0].starts_with("l1: no activation"));
  CHECK(texts[1].starts_with("l1: its weights"));
  CHECK(texts[2].starts_with("l4: a neural layer"));
  CHECK(texts[3].starts_with("l5: Softmax"));
  CHECK(texts[4].starts_with("l6: a neural layer"));
}
