#include "zoo/architectures.h"

#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "cnn/operations.h"

using namespace akida;
using namespace akida::zoo;

namespace {

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(line);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// One row per layer: name, type, output, parameters, non-trainable.
using Row = std::vector<std::string>;

struct PublishedTable {
  std::string name;
  std::int64_t total, trainable, folded, macs;
  std::vector<Row> rows;
  std::vector<std::map<std::string, std::string>> attributes;
};

std::map<std::string, PublishedTable> published_tables() {
  std::map<std::string, PublishedTable> tables;
  std::ifstream file(AKIDA_TESTDATA "/zoo/published_tables.tsv");
  PublishedTable* table = nullptr;
  for (std::string line; std::getline(file, line);) {
    const auto fields = split(line, '\t');
    if (fields[0] == "model") {
      table = &tables[fields[1]];
      *table = {fields[2],
                std::stoll(fields[3]),
                std::stoll(fields[4]),
                std::stoll(fields[5]),
                std::stoll(fields[6]),
                {},
                {}};
      continue;
    }
    table->rows.emplace_back(fields.begin() + 1, fields.begin() + 6);
    auto& attributes = table->attributes.emplace_back();
    if (fields.size() < 7) continue;
    for (const std::string& pair : split(fields[6], ' ')) {
      attributes[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
  }
  return tables;
}

Row row_of(const cnn::Layer& layer) {
  const std::string shape = fmt::format("{}", fmt::join(layer.output_shape, "x"));
  return {layer.name, name_of(layer.type()), shape, std::to_string(parameter_count(layer)),
          std::to_string(parameter_count(layer) - trainable_count(layer))};
}

// The published attributes that the layer's shapes do not already imply.
void check_attributes(const cnn::Layer& layer,
                      const std::map<std::string, std::string>& published) {
  std::visit(
      [&](const auto& parameters) {
        if constexpr (requires { parameters.padding; }) {
          CHECK((parameters.padding == cnn::Padding::kSame ? "same" : "valid") ==
                published.at("padding"));
          CHECK(std::to_string(parameters.strides.width) == published.at("stride"));
        }
        if constexpr (requires { parameters.kernel_size; }) {
          CHECK(std::to_string(parameters.kernel_size.height) + "x" +
                    std::to_string(parameters.kernel_size.width) ==
                published.at("kernel"));
        }
        if constexpr (requires { parameters.max_value; }) {
          CHECK(*parameters.max_value == std::stof(published.at("max_value")));
        }
        if constexpr (requires { parameters.rate; }) {
          CHECK(parameters.rate == std::stof(published.at("rate")));
        }
        if constexpr (requires { parameters.offset; }) {
          CHECK(parameters.scale == std::stof(published.at("scale")));
          CHECK(parameters.offset == std::stof(published.at("offset")));
        }
      },
      layer.parameters);
}

// Printed in a transfer-learning tutorial: the body of MobileNet, cut at reshape_1, with one unit.
cnn::Network cats_vs_dogs() {
  cnn::Network network = mobilenet_imagenet({.input_shape = {160, 160, 3}});
  while (network.layers().back().name != "reshape_1") network.pop_layer();
  network.info.name = "cats_vs_dogs";
  network.add({.name = "top_layer_separable",
               .parameters = cnn::SeparableConv2D{.filters = 1,
                                                  .kernel_size = {3, 3},
                                                  .padding = cnn::Padding::kSame,
                                                  .use_bias = false}});
  network.add(
      {.name = "activation", .parameters = cnn::Activation{cnn::ActivationFunction::kSigmoid}});
  network.add({.name = "reshape_2", .parameters = cnn::Reshape{{1}}});
  return network;
}

const std::map<std::string, std::function<cnn::Network()>> kBuilders = {
    {"mobilenet_imagenet", [] { return mobilenet_imagenet(); }},
    {"mobilenet_imagenet_alpha_0.5", [] { return mobilenet_imagenet({.alpha = 0.5}); }},
    {"mobilenet_imagenet_alpha_0.25", [] { return mobilenet_imagenet({.alpha = 0.25}); }},
    {"mobilenet_imagenet_stride2", [] { return mobilenet_imagenet({.use_stride2 = true}); }},
    {"mobilenet_imagenet_160",
     [] {
       return mobilenet_imagenet({.input_shape = {160, 160, 3}});
     }},
    {"mobilenet_imagenet_notop", [] { return mobilenet_imagenet({.include_top = false}); }},
    {"mobilenet_imagenet_notop_avg",
     [] { return mobilenet_imagenet({.include_top = false, .pooling = TopPooling::kAverage}); }},
    {"mobilenet_imagenet_alpha_0.5_notop",
     [] { return mobilenet_imagenet({.alpha = 0.5, .include_top = false}); }},
    {"mobilenet_imagenette_10", [] { return mobilenet_imagenet({.classes = 10}); }},
    {"mobilenet_cats_vs_dogs_160", cats_vs_dogs},
    {"mobilenet_edge_imagenet_alpha_0.5",
     [] { return mobilenet_edge_imagenet(mobilenet_imagenet({.alpha = 0.5}), 1000); }},
    {"ds_cnn_cifar10", [] { return ds_cnn_cifar10(); }},
    {"ds_cnn_kws", [] { return ds_cnn_kws(); }},
    {"ds_cnn_kws_notop", [] { return ds_cnn_kws({.include_top = false}); }},
    {"ds_cnn_kws_1.1.9", [] { return ds_cnn_kws({.definition = Definition::k119}); }},
    {"vgg_cifar10", [] { return vgg_cifar10(); }},
    {"vgg_imagenet", [] { return vgg_imagenet(); }},
    {"vgg_utk_face", [] { return vgg_utk_face(); }},
    {"yolo_base_mobilenet_alpha_0.5_c2_b5", [] { return yolo_base({.classes = 2, .alpha = 0.5}); }},
    {"yolo_base_mobilenet_alpha_0.5_c1_b5", [] { return yolo_base({.alpha = 0.5}); }},
    {"yolo_base_mobilenet_alpha_1.0_c1_b5", [] { return yolo_base(); }},
    {"yolo_base_akidanet_alpha_0.5_c2_b5",
     [] { return yolo_base({.classes = 2, .alpha = 0.5, .definition = Definition::k119}); }},
    {"convtiny_cwru_seed", [] { return convtiny_cwru(); }},
    {"convtiny_cwru_1.1.9", [] { return convtiny_cwru(Definition::k119); }},
    {"convtiny_dvs_gesture", [] { return convtiny_dvs_gesture(); }},
    {"convtiny_dvs_handy", [] { return convtiny_dvs_handy(); }},
    {"pointnet_plus_modelnet40", [] { return pointnet_plus_modelnet40(); }},
    {"pointnet_plus_modelnet40_1.1.9",
     [] { return pointnet_plus_modelnet40({.definition = Definition::k119}); }},
    {"gxnor_mnist", [] { return gxnor_mnist(); }},
    {"gxnor_mnist_1.1.9", [] { return gxnor_mnist(Definition::k119); }},
    {"akidanet_imagenet", [] { return akidanet_imagenet(); }},
    {"akidanet_imagenet_alpha_0.5", [] { return akidanet_imagenet({.alpha = 0.5}); }},
    {"akidanet_imagenet_alpha_0.25", [] { return akidanet_imagenet({.alpha = 0.25}); }},
    {"akidanet_edge_imagenet_alpha_0.5",
     [] { return akidanet_edge_imagenet(akidanet_imagenet({.alpha = 0.5}), 1000); }},
};

}  // namespace

TEST_CASE("every published table is reproduced, layer by layer") {
  const auto tables = published_tables();
  CHECK(tables.size() == kBuilders.size());
  for (const auto& [key, table] : tables) {
    INFO(key);
    REQUIRE(kBuilders.contains(key));
    const cnn::Network network = kBuilders.at(key)();
    CHECK(network.info.name == table.name);
    REQUIRE(network.layers().size() == table.rows.size());
    std::int64_t macs = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      INFO("layer " << i << " " << table.rows[i][0]);
      CHECK(row_of(network.layer(i)) == table.rows[i]);
      check_attributes(network.layer(i), table.attributes[i]);
      macs += multiply_accumulates(network.layer(i));
    }
    CHECK(macs == table.macs);
    CHECK(count_parameters(network) ==
          cnn::ParameterCounts{table.total, table.trainable, table.folded});
  }
}

TEST_CASE("arguments outside their documented range are refused by name") {
  CHECK_THROWS_WITH(mobilenet_imagenet({.input_shape = {16, 224, 3}}),
                    "input_shape (16, 224, 3) is smaller than 32 x 32");
  CHECK_THROWS_WITH(mobilenet_imagenet({.alpha = 0}), "alpha 0 is outside 0 < alpha <= 64");
  CHECK_THROWS_WITH(pointnet_plus_modelnet40({.knn_points = 48}),
                    "knn_points 48 is not a power of 2 from 4 to 512");
  CHECK_THROWS_WITH(mobilenet_edge_imagenet(ds_cnn_kws({.include_top = false}), 10),
                    Catch::StartsWith("no layer 'separable_14'"));
}

TEST_CASE("gamma has a lower limit exactly where max pooling precedes the normalization") {
  const cnn::Network network = vgg_utk_face();
  for (const cnn::Layer& layer : network.layers()) {
    const auto* normalization = std::get_if<cnn::BatchNormalization>(&layer.parameters);
    if (normalization == nullptr) continue;
    const bool pooled = network.layer(layer.inbounds[0]).type() == cnn::LayerType::kMaxPooling2D;
    CHECK(normalization->min_gamma.has_value() == pooled);
  }
}
