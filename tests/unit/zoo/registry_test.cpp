#include "zoo/registry.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "cnn/operations.h"
#include "codec/model_file.h"
#include "scratch_directory.h"
#include "zoo/transfer.h"

using namespace akida;
using namespace akida::zoo;

namespace {

cnn::Network build(const std::string& name, const ArgumentValues& values = {},
                   Definition definition = Definition::kSeed, std::uint64_t seed = 0) {
  return build_architecture(find_architecture(name), definition, values, seed);
}

std::int64_t total_of(const cnn::Network& network) { return cnn::count_parameters(network).total; }

// "name(argument=default, ...)", a required argument without its default.
std::string signature_of(const Architecture& architecture) {
  std::string text;
  for (const Argument& argument : architecture.arguments) {
    if (!text.empty()) text += ' ';
    text += argument.name;
    if (!argument.is_required) text += '=' + argument.default_value;
  }
  return architecture.name + '(' + text + ')';
}

std::span<const float> values_of(const cnn::Network& network, const std::string& layer,
                                 std::size_t variable) {
  return network.layer(network.find(layer)).variables[variable].value.data<float>();
}

}  // namespace

TEST_CASE("architectures have the documented arguments and defaults") {
  // The API's None for input_shape is 224 x 224 x 3, for pooling none; base_weights is an option
  // of the documented command line.
  const std::vector<std::string> documented = {
      "mobilenet_imagenet(input_shape=224,224,3 alpha=1.0 dropout=0.001 include_top=true "
      "pooling=none classes=1000 use_stride2=false)",
      "mobilenet_edge_imagenet(base_model classes=1000)",
      "ds_cnn_cifar10(input_shape=32,32,3 classes=10)",
      "ds_cnn_kws(input_shape=49,10,1 classes=33 include_top=true)",
      "vgg_cifar10(input_shape=32,32,3 classes=10)",
      "vgg_imagenet(input_shape=224,224,3 classes=1000 include_top=true pooling=none)",
      "vgg_utk_face(input_shape=32,32,3)",
      "yolo_base(input_shape=224,224,3 classes=1 nb_box=5 alpha=1.0 dropout=0.001 base_weights=)",
      "convtiny_cwru()",
      "convtiny_dvs_gesture(input_shape=64,64,10 classes=10)",
      "convtiny_dvs_handy(input_shape=120,160,2 classes=9)",
      "pointnet_plus_modelnet40(selected_points=128 features=3 knn_points=64 classes=40 alpha=1.0)",
      "gxnor_mnist()",
      "akidanet_imagenet(input_shape=224,224,3 alpha=1.0 include_top=true pooling=none "
      "classes=1000)",
      "akidanet_edge_imagenet(base_model classes=1000)",
  };
  std::vector<std::string> signatures;
  for (const Architecture& architecture : architectures()) {
    signatures.push_back(signature_of(architecture));
  }
  CHECK(signatures == documented);
}

TEST_CASE("arguments given as text change the network as published") {
  CHECK(total_of(build("mobilenet_imagenet", {{"alpha", "0.25"}})) == 471888);
  CHECK(total_of(build("mobilenet_imagenet", {{"alpha", "0.5"}, {"include_top", "false"}})) ==
        819616);
  const cnn::Network averaged = build(
      "mobilenet_imagenet", {{"alpha", "0.25"}, {"include_top", "false"}, {"pooling", "avg"}});
  CHECK(averaged.output_shape() == cnn::Dims{256});
  CHECK(build("mobilenet_imagenet",
              {{"alpha", "0.25"}, {"input_shape", "160,128,1"}, {"include_top", "false"}})
            .output_shape() == cnn::Dims{5, 4, 256});
  CHECK(total_of(build("ds_cnn_kws", {{"include_top", "false"}})) == 41216);
  CHECK(total_of(build("ds_cnn_kws", {}, Definition::k119)) == 23713);
  CHECK(total_of(build("yolo_base", {{"alpha", "0.5"}, {"classes", "2"}})) == 3521475);
  CHECK(build("yolo_base", {{"alpha", "0.25"}, {"nb_box", "3"}}).output_shape() ==
        cnn::Dims{7, 7, 18});
  const cnn::Network strided =
      build("mobilenet_imagenet", {{"alpha", "0.25"}, {"use_stride2", "true"}, {"dropout", "0.2"}});
  CHECK(std::get<cnn::Dropout>(strided.layer(strided.find("dropout")).parameters).rate == 0.2F);
  CHECK_THROWS(strided.find("separable_2_maxpool"));
  CHECK(build("pointnet_plus_modelnet40",
              {{"selected_points", "64"}, {"knn_points", "16"}, {"features", "1"}})
            .input_shape() == cnn::Dims{256, 4, 1});
}

TEST_CASE("unknown and bad arguments are refused, naming the valid ones") {
  const auto refuses = [](const std::string& name, const ArgumentValues& values,
                          const std::string& message) {
    try {
      static_cast<void>(build(name, values));
      FAIL(name << " took the arguments");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      CHECK(error.what() == message);
    }
  };
  refuses("ds_cnn_kws", {{"clases", "3"}},
          "unknown argument 'clases'; the nearest is 'classes'; known: input_shape, classes, "
          "include_top");
  refuses("gxnor_mnist", {{"alpha", "1"}}, "unknown argument 'alpha'; known: none");
  refuses("ds_cnn_kws", {{"classes", "ten"}}, "classes 'ten' is not an integer in 1..65536");
  refuses("ds_cnn_kws", {{"classes", "0"}}, "classes '0' is not an integer in 1..65536");
  refuses("ds_cnn_kws", {{"include_top", "1"}}, "include_top '1' is not true or false");
  refuses("ds_cnn_kws", {{"input_shape", "49,10"}},
          "input_shape '49,10' is not HEIGHT,WIDTH,CHANNELS from 2,2,1");
  refuses("mobilenet_imagenet", {{"input_shape", "31,32,3"}},
          "input_shape '31,32,3' is not HEIGHT,WIDTH,CHANNELS from 32,32,1");
  refuses("mobilenet_imagenet", {{"alpha", "nan"}}, "alpha 'nan' is not a number in 0.03125..64");
  refuses("mobilenet_imagenet", {{"pooling", "max"}}, "pooling 'max' is not one of none, avg");
  refuses("pointnet_plus_modelnet40", {{"knn_points", "48"}},
          "knn_points '48' is not one of 4, 8, 16, 32, 64, 128, 256, 512");
  refuses("mobilenet_edge_imagenet", {}, "argument 'base_model' is missing: a model file");
  CHECK_THROWS_WITH(find_architecture("mobilenet_imagnet"),
                    Catch::StartsWith("unknown architecture 'mobilenet_imagnet'; the nearest is "
                                      "'mobilenet_imagenet'; known: mobilenet_imagenet, "));
  CHECK_THROWS_WITH(find_definition(find_architecture("vgg_imagenet"), "1.1.9"),
                    "vgg_imagenet has no definition '1.1.9'; it has: 1.8");
}

TEST_CASE("equal seeds give equal networks, other seeds other weights") {
  CHECK(build("ds_cnn_kws", {}, Definition::kSeed, 5) ==
        build("ds_cnn_kws", {}, Definition::kSeed, 5));
  CHECK_FALSE(build("ds_cnn_kws", {}, Definition::kSeed, 5) ==
              build("ds_cnn_kws", {}, Definition::kSeed, 6));
}

TEST_CASE("the detection layer starts normal with deviation 0.1 over the cells of the grid") {
  const cnn::Network network = build("yolo_base", {{"alpha", "0.25"}, {"input_shape", "96,64,3"}});
  const double deviation = 0.1 / (3 * 2);
  const auto weights = values_of(network, "detection_layer", 1);
  double sum = 0, squares = 0, within = 0;
  for (float weight : weights) {
    sum += weight;
    squares += double{weight} * weight;
    within += std::abs(weight) < deviation ? 1 : 0;
  }
  const auto count = static_cast<double>(weights.size());
  CHECK(std::abs(sum / count) < 4 * deviation / std::sqrt(count));
  CHECK(squares / count == Approx(deviation * deviation).epsilon(4 * std::sqrt(2 / count)));
  CHECK(within / count == Approx(0.6827).margin(0.02));  // the normal distribution's share
  for (std::size_t variable : {0U, 2U}) {
    for (float value : values_of(network, "detection_layer", variable)) {
      CHECK(std::abs(value) < 6 * deviation);
      CHECK(value != 0);
    }
  }
}

TEST_CASE("an edge network keeps the weights of its base and gets fresh ones behind them") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "base.fb";
  const cnn::Network base = build(
      "mobilenet_imagenet", {{"alpha", "0.25"}, {"input_shape", "32,32,3"}}, Definition::kSeed, 3);
  codec::save_model(base, path);
  const cnn::Network edge = build("mobilenet_edge_imagenet",
                                  {{"base_model", path}, {"classes", "7"}}, Definition::kSeed, 4);
  CHECK(edge.output_shape() == cnn::Dims{7});
  CHECK(edge.layer(edge.find("separable_13")) == base.layer(base.find("separable_13")));
  const auto fresh = values_of(edge, "spike_generator", 1);
  CHECK(std::ranges::count(fresh, 0.0F) < std::ssize(fresh) / 1000);
  codec::save_model(build("gxnor_mnist"), path);
  CHECK_THROWS_WITH(build("mobilenet_edge_imagenet", {{"base_model", path}}),
                    Catch::StartsWith(path + ": no layer 'separable_14'"));
}

TEST_CASE("weights are taken over by layer names, and only where they fit") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "body.fb";
  const ArgumentValues small = {{"alpha", "0.25"}, {"input_shape", "64,64,3"}};
  const cnn::Network body = build("mobilenet_imagenet", small, Definition::kSeed, 8);
  codec::save_model(body, path);
  ArgumentValues values = small;
  values["base_weights"] = path;
  const cnn::Network detector = build("yolo_base", values, Definition::kSeed, 9);
  CHECK(detector.layer(detector.find("separable_12")).variables ==
        body.layer(body.find("separable_12")).variables);
  CHECK(values_of(detector, "2conv", 1)[0] != 0);
  values["alpha"] = "0.5";
  CHECK_THROWS_WITH(build("yolo_base", values),
                    path +
                        ": layer 'conv_0': variable 'kernel' (3, 3, 3, 8) does not fit 'kernel' "
                        "(3, 3, 3, 16)");
  cnn::Network kws = build("ds_cnn_kws");
  cnn::Network other;
  other.add({.parameters = cnn::Input{{2, 2, 1}}});
  CHECK_THROWS_WITH(take_weights(other, kws), Catch::StartsWith("no layer has the name"));
}
