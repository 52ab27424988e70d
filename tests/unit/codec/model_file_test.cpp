#include "codec/model_file.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "io/zstd.h"
#include "random_cnn.h"
#include "random_model.h"

using namespace akida;
using namespace akida::codec;

TEST_CASE("a model survives both formats with all layers, variables, learning state and info") {
  std::set<snn::LayerType> types;
  std::set<std::int32_t> bits;
  int learning = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const snn::Model model = test::random_model(seed);
    for (const ModelFormat format : {ModelFormat::kPlain, ModelFormat::kCompressed}) {
      const snn::Model copy = decode_model(encode_model(model, format));
      if (!(copy == model) || !(copy.info == model.info)) FAIL("seed " << seed);
    }
    for (const snn::Layer& layer : model.layers()) {
      types.insert(layer.type());
      bits.insert(snn::weights_bits(layer));
      learning += layer.learning ? 1 : 0;
    }
  }
  CHECK(types.size() == 6);
  CHECK(bits.size() == 9);  // 1..8, and 0 of layers without weights
  CHECK(learning > 5);
}

TEST_CASE("a CNN survives both formats with all layers, arguments, variables and info") {
  std::set<cnn::LayerType> types;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const cnn::Network network = test::random_cnn(seed);
    for (const ModelFormat format : {ModelFormat::kPlain, ModelFormat::kCompressed}) {
      const cnn::Network copy = decode_network(encode_model(network, format));
      if (!(copy == network) || !(copy.info == network.info)) FAIL("seed " << seed);
    }
    for (const cnn::Layer& layer : network.layers()) types.insert(layer.type());
  }
  CHECK(types.size() == std::variant_size_v<cnn::Parameters>);
}

TEST_CASE("a model of the other kind is refused, saying which kinds and what to do") {
  const std::vector<std::byte> integer = encode_model(test::random_model(1));
  const std::vector<std::byte> keras = encode_model(test::random_cnn(1));
  CHECK(std::holds_alternative<snn::Model>(decode_any_model(integer)));
  CHECK(std::holds_alternative<cnn::Network>(decode_any_model(keras)));
  CHECK_THROWS_WITH(decode_model(keras),
                    "the model is of kind cnn (layers of Keras), but this needs kind snn (integer "
                    "layers): quantize and convert it first");
  CHECK_THROWS_WITH(decode_network(integer),
                    "the model is of kind snn (integer layers), but this needs kind cnn (layers of "
                    "Keras): make one from a zoo architecture or a file of Keras layers");
}

TEST_CASE("equal models give equal bytes, whatever their past") {
  const snn::Model model = test::random_model(7);
  snn::Model rebuilt;
  rebuilt.info = model.info;
  for (const snn::Layer& layer : model.layers()) rebuilt.add(layer);
  CHECK(encode_model(rebuilt) == encode_model(model));
  CHECK(encode_model(decode_model(encode_model(model))) == encode_model(model));
}

TEST_CASE("a buffer at any address decodes to the same model") {
  const snn::Model model = test::random_model(11);
  const std::vector<std::byte> bytes = encode_model(model, ModelFormat::kPlain);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::vector<std::byte> moved(shift);
    moved.insert(moved.end(), bytes.begin(), bytes.end());
    CHECK(decode_model(std::span(moved).subspan(shift)) == model);
  }
}

TEST_CASE("files of other kinds are refused by what they begin with") {
  const auto decode = [](std::string_view text) {
    return decode_model(std::as_bytes(std::span(text)));
  };
  CHECK_THROWS_WITH(decode(""), "no model: the input is empty");
  CHECK_THROWS_WITH(decode("AKS1\r\n\x1a\n..."),
                    "no model: the 11 bytes begin with '41 4b 53 31 0d 0a 1a 0a', neither a zstd "
                    "frame nor a FlatBuffer with identifier AKMD at offset 4");
  CHECK_THROWS_WITH(decode("\xff\xff\xff\x7f"
                           "AKMD"),
                    "offset 0: root offset 2147483647 is outside the 8 bytes");
}

TEST_CASE("what no reader would accept is not written") {
  CHECK_THROWS_WITH(encode_model(snn::Model{}), "the model has no layers");
  snn::Model model = test::random_model(3);
  model.info.scaling_a = 0;
  CHECK_THROWS_WITH(encode_model(model), "scaling_a 0 is not above 0");
  model.info.scaling_a = 1;
  model.info.anchors = {1, 2, 3};
  CHECK_THROWS_WITH(encode_model(model), "anchors: 3 numbers are no (width, height) pairs");
  model.info.anchors.clear();
  model.info.name = std::string(kMaxModelNameBytes + 1, 'a');
  CHECK_THROWS_WITH(encode_model(model), "name: 4097 bytes exceed limit 4096");
  model.info.name = "a\xff";
  CHECK_THROWS_WITH(encode_model(model), "name: byte 1: value 0xff is no UTF-8");
  model.info.name = "a\tb";
  CHECK_THROWS_WITH(encode_model(model), "name: byte 1: control character 0x09");
  model.info.name.clear();
  model.info.history = {{.tool = "tool", .options = "a\nb"}};
  CHECK_THROWS_WITH(encode_model(model), "history: options: byte 1: control character 0x0a");
}

TEST_CASE("a file appears under its name, and errors begin with it") {
  const snn::Model model = test::random_model(5);
  for (const std::string name : {"unit-codec.fb", "unit-codec.fbz"}) {
    save_model(model, name);
    CHECK(load_model(name) == model);
    CHECK(std::filesystem::file_size(name) ==
          encode_model(model,
                       name == "unit-codec.fb" ? ModelFormat::kPlain : ModelFormat::kCompressed)
              .size());
    std::ofstream(name) << "no model";
    CHECK_THROWS_WITH(load_model(name), Catch::StartsWith(name + ": no model: the 8 bytes"));
    std::filesystem::remove(name);
    CHECK_THROWS_WITH(load_model(name), Catch::StartsWith(name));
  }
  const cnn::Network network = test::random_cnn(5);
  save_model(network, "unit-codec-cnn.fbz");
  CHECK(load_network("unit-codec-cnn.fbz") == network);
  CHECK(std::get<cnn::Network>(load_any_model("unit-codec-cnn.fbz")) == network);
  CHECK_THROWS_WITH(load_model("unit-codec-cnn.fbz"),
                    Catch::StartsWith("unit-codec-cnn.fbz: the model is of kind cnn"));
  std::filesystem::remove("unit-codec-cnn.fbz");
}
