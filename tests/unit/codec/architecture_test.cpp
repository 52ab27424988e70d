#include "codec/architecture.h"

#include <catch2/catch.hpp>

#include "random_model.h"

using namespace akida;
using namespace akida::codec;

namespace {

// What a document without history and producer, and without learning state, can say.
snn::Model described(const snn::Model& model) {
  snn::Model copy;
  copy.info = model.info;
  copy.info.history.clear();
  copy.info.producer.clear();
  for (snn::Layer layer : model.layers()) {
    layer.learning.reset();
    copy.add(layer);
  }
  return copy;
}

snn::Model without_variables(const snn::Model& model) {
  snn::Model copy;
  copy.info = model.info;
  for (snn::Layer layer : model.layers()) {
    layer.variables = {};
    copy.add(layer);
  }
  return copy;
}

constexpr const char* kHead =
    "layers:\n"
    "- {type: InputData, input_width: 3, input_height: 2, "
    "input_channels: 1, input_bits: 1, name: in}\n";

snn::Model parse(const std::string& tail) { return parse_architecture(kHead + tail); }

}  // namespace

TEST_CASE("what write_architecture prints reads back as the same model") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const snn::Model model = described(test::random_model(seed));
    const std::string text = write_architecture(model, ArchitectureContent::kVariables);
    const snn::Model copy = parse_architecture(text);
    if (!(copy == model) || !(copy.info == model.info)) FAIL("seed " << seed << "\n" << text);
    const snn::Model plain = without_variables(model);
    if (!(parse_architecture(write_architecture(model)) == plain)) FAIL("seed " << seed);
  }
}

TEST_CASE("JSON is read as it is") {
  const snn::Model model = parse_architecture(
      "{\"name\":\"a\\u00e9\\/\",\"layers\":[\n"
      "\t{\"type\":\"InputData\",\"input_width\":1,\"input_height\":1,\"input_channels\":2},\n"
      "\t{\"type\":\"FullyConnected\",\"num_neurons\":2,\"activations_enabled\":false,\n"
      "\t\t\"threshold_fire_step\":1.5e0,\"variables\":{\"weights\":[[[[1,0],[0,1]]]]}}]}");
  CHECK(model.info.name == "a\xC3\xA9/");
  const auto weights = model.layer(1).variables.weights.data<std::int8_t>();
  CHECK(std::vector<int>(weights.begin(), weights.end()) == std::vector<int>{1, 0, 0, 1});
  CHECK(model.layer(1).variables.threshold_fire_step[0] == 1.5F);
}

TEST_CASE("nested lists follow the documented shape: width, height, channels, neurons") {
  const snn::Model model = parse(
      "- {type: Convolutional, kernel_width: 1, kernel_height: 2, num_neurons: 3, weights_bits: "
      "3,\n"
      "   variables: {weights: [[[[1, 2, 3]], [[-1, -2, -3]]]], threshold_fire: 5,\n"
      "               scale: [0.1, 1e-3, 2]}}\n");
  const snn::Variables& variables = model.layer(1).variables;
  CHECK(variables.weights.dims() == std::vector<std::int64_t>{1, 2, 1, 3});
  CHECK(variables.weights.value(4) == -2);
  CHECK(variables.threshold_fire == std::vector<std::int32_t>(3, 5));
  CHECK(variables.scale == std::vector<double>{0.1, 0.001, 2});
}

TEST_CASE("inbound layers are named, and errors point at line, column and the nearest name") {
  const snn::Model model = parse(
      "- {type: FullyConnected, num_neurons: 1, name: left}\n"
      "- {type: FullyConnected, num_neurons: 1, name: right, inbound_layers: [in]}\n"
      "- {type: Concat, inbound_layers: [left, right]}\n");
  CHECK(model.layer(3).inbounds == std::vector<std::uint32_t>{1, 2});
  CHECK_THROWS_WITH(parse("- {type: Concat, inbound_layers: [inn]}\n"),
                    "line 3, column 35: no earlier layer is called 'inn'; the nearest is 'in'");
}

TEST_CASE("every mistake names its place") {
  const auto [tail, message] = GENERATE(table<const char*, const char*>({
      {"- {type: FullyConnected, num_neuron: 1}",
       "line 3, column 26: unknown key 'num_neuron' of FullyConnected; the nearest is "
       "'num_neurons'"},
      {"- {type: FullyConnected}", "line 3, column 3: FullyConnected has no 'num_neurons'"},
      {"- {num_neurons: 1}", "line 3, column 3: a layer has no 'type'"},
      {"- {type: FullyConected, num_neurons: 1}",
       "line 3, column 10: layer type 'FullyConected' is none of InputData, InputConvolutional, "
       "FullyConnected, Convolutional, SeparableConvolutional, Concat; the nearest is "
       "'FullyConnected'"},
      {"- {type: FullyConnected, num_neurons: 1.5}",
       "line 3, column 39: 'num_neurons' is '1.5', not an integer of 32 bits"},
      {"- {type: FullyConnected, num_neurons: \"1\"}",
       "line 3, column 39: 'num_neurons' is \"1\", not an integer of 32 bits"},
      {"- {type: FullyConnected, num_neurons: 99999999999}",
       "line 3, column 39: 'num_neurons' is '99999999999', not an integer of 32 bits"},
      {"- {type: FullyConnected, num_neurons: [1]}",
       "line 3, column 39: 'num_neurons' is a list, not an integer of 32 bits"},
      {"- {type: FullyConnected, num_neurons: }",
       "line 3, column 39: 'num_neurons' is empty, not an integer of 32 bits"},
      {"- {type: FullyConnected, num_neurons: 1, activations_enabled: yes}",
       "line 3, column 63: 'activations_enabled' is 'yes', not true or false"},
      {"- {type: FullyConnected, num_neurons: 1, threshold_fire_step: .inf}",
       "line 3, column 63: 'threshold_fire_step' is '.inf', not a finite number"},
      {"- {type: FullyConnected, num_neurons: 1, num_neurons: 2}",
       "line 3, column 42: key 'num_neurons' was already given in line 3"},
      {"- {type: FullyConnected, num_neurons: 0}",
       "line 3, column 3: layer 'fully_connected_1': num_neurons 0 is outside 1..65536"},
      {"- &a {type: Concat}\n- *a", "line 3, column 3: anchors are not allowed"},
      {"- !layer {type: Concat}", "line 3, column 3: tag '!layer' is not allowed"},
      {"- {type: Concat, variables: {weigths: 1}}",
       "line 3, column 30: unknown key 'weigths' of layer 'concat_1'"},
      {"- {type: FullyConnected, num_neurons: 1, variables: {weights: [[1, 2], [3]]}}",
       "line 3, column 72: 'weights': a list of 2 was expected here, as in the first place"},
      {"- {type: FullyConnected, num_neurons: 1, variables: {weights: [[1], []]}}",
       "line 3, column 69: 'weights': a list of 1 was expected here, as in the first place"},
      {"- {type: FullyConnected, num_neurons: 1, variables: {shift: ../a.npy}}",
       "line 3, column 61: 'shift' is '../a.npy', not numbers or the name of a .npy file beside "
       "this one"},
      {"- {type: FullyConnected, num_neurons: 1, variables: {weights: [1]}}",
       "line 3, column 63: layer 'fully_connected_1': weights: shape (1) is not (1, 1, 6, 1)"},
      {"- {type: FullyConnected, num_neurons: 1, variables: {threshold_fire: 0.5}}",
       "line 3, column 70: layer 'fully_connected_1': threshold_fire: element 0: value 0.5 is no "
       "integer in -2147483648..2147483647"},
      {"---\nlayers: []", "line 4, column 1: a second document"},
      {"name: [", "line 3, column 1: end of sequence flow not found"},
      {"- \x07", "line 3, column 3: control character 0x07"},
      {"- \xff", "line 3, column 3: byte 0xff is no UTF-8"},
      {"scaling: 1",
       "line 3, column 1: unknown key 'scaling' of the document; the nearest is "
       "'input_scaling'"},
      {"input_scaling: [0, 1]", "line 1, column 1: scaling_a 0 is not above 0"},
      {"input_scaling: [1]", "line 3, column 16: 'input_scaling' has 1 numbers, not [a, b]"},
      {"anchors: [1, 2]", "line 3, column 11: an anchor is [width, height]"},
  }));
  CHECK_THROWS_WITH(parse(tail), message);
}

TEST_CASE("documents that are no architecture are refused") {
  CHECK_THROWS_WITH(parse_architecture(""), "the document is empty");
  CHECK_THROWS_WITH(parse_architecture("[]"),
                    "line 1, column 1: the document is a list, not a mapping");
  CHECK_THROWS_WITH(parse_architecture("{}"), "line 1, column 1: the document has no 'layers'");
  CHECK_THROWS_WITH(parse_architecture("layers: []"), "line 1, column 9: 'layers' is empty");
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  CHECK_THROWS_WITH(parse_architecture(deep),
                    "line 1, column 33: more than 32 collections inside each other");
  CHECK_THROWS_WITH(parse_architecture(std::string(kMaxArchitectureBytes + 1, ' ')),
                    "4194305 bytes exceed limit 4194304");
}

TEST_CASE("small text does not reserve unbounded memory") {
  std::string text =
      "layers:\n- {type: InputData, input_width: 256, input_height: 256, input_channels: 1}\n";
  for (int i = 0; i < 3; ++i) {
    text += "- {type: FullyConnected, num_neurons: 2000, name: fc" + std::to_string(i) +
            ", inbound_layers: [input_data_0]}\n";
  }
  CHECK_THROWS_WITH(parse_architecture(text),
                    "line 5, column 3: 393216000 weights up to layer 'fc2' exceed limit 268435456");
}

TEST_CASE("the list of keys is complete and names the documented defaults") {
  const auto keys = architecture_keys();
  const auto default_of = [&](const std::string& owner, const std::string& key) {
    for (const auto& entry : keys) {
      if (entry.owner == owner && entry.key == key) return entry.default_value;
    }
    return std::string("absent");
  };
  CHECK(default_of("Convolutional", "convolution_mode") == "Same");
  CHECK(default_of("Convolutional", "pooling_width") == "-1");
  CHECK(default_of("SeparableConvolutional", "weights_bits") == "2");
  CHECK(default_of("InputConvolutional", "padding_value") == "0");
  CHECK(default_of("Convolutional", "padding_value") == "absent");
  CHECK(default_of("InputData", "input_bits") == "4");
  CHECK(default_of("FullyConnected", "num_neurons") == "required");
  // 19 constructor parameters of InputConvolutional besides its name (engine.md 1.3: 20 in all).
  CHECK(std::count_if(keys.begin(), keys.end(),
                      [](const auto& entry) { return entry.owner == "InputConvolutional"; }) == 20);
}

TEST_CASE("a layer is appended as if the document had it, or the model stays as it was") {
  const std::string head =
      "layers:\n- {type: InputData, name: in, input_width: 2, input_height: 2, input_channels: 1}\n"
      "- {type: FullyConnected, name: a, num_neurons: 3}\n";
  const std::string layer =
      "{type: FullyConnected, name: b, num_neurons: 2, inbound_layers: [in], "
      "variables: {threshold_fire: [4, 5]}}";
  AnyModel model = parse_any_architecture(head);
  append_layer(model, layer);
  CHECK(model == parse_any_architecture(head + "- " + layer + "\n"));

  const AnyModel before = model;
  CHECK_THROWS_WITH(append_layer(model, "{type: Concat, inbound_layers: [c]}"),
                    Catch::Contains("no earlier layer is called 'c'"));
  CHECK_THROWS_WITH(
      append_layer(model, "{type: FullyConnected, num_neurons: 1, variables: {threshold_fire: x}}"),
      Catch::Contains("line 1, column"));
  CHECK(model == before);
}
