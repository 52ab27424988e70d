#include "zoo/registry.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "cnn/layer_quantizers.h"
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
      "pooling=none classes=1000 use_stride2=false weight_quantization=0 activ_quantization=0 "
      "input_weight_quantization=)",
      "mobilenet_edge_imagenet(base_model classes=1000)",
      "ds_cnn_cifar10(input_shape=32,32,3 classes=10 weight_quantization=0 activ_quantization=0 "
      "input_weight_quantization=)",
      "ds_cnn_kws(input_shape=49,10,1 classes=33 include_top=true weight_quantization=0 "
      "activ_quantization=0 input_weight_quantization= last_layer_activ_quantization=)",
      "vgg_cifar10(input_shape=32,32,3 classes=10 weight_quantization=0 activ_quantization=0 "
      "input_weight_quantization=)",
      "vgg_imagenet(input_shape=224,224,3 classes=1000 include_top=true pooling=none "
      "weight_quantization=0 activ_quantization=0 input_weight_quantization=)",
      "vgg_utk_face(input_shape=32,32,3 weight_quantization=0 activ_quantization=0 "
      "input_weight_quantization=)",
      "yolo_base(input_shape=224,224,3 classes=1 nb_box=5 alpha=1.0 dropout=0.001 "
      "weight_quantization=0 activ_quantization=0 input_weight_quantization= base_weights=)",
      "convtiny_cwru()",
      "convtiny_dvs_gesture(input_shape=64,64,10 classes=10 weight_quantization=0 "
      "activ_quantization=0)",
      "convtiny_dvs_handy(input_shape=120,160,2 classes=9 weight_quantization=0 "
      "activ_quantization=0)",
      "pointnet_plus_modelnet40(selected_points=128 features=3 knn_points=64 classes=40 alpha=1.0 "
      "weight_quantization=0 activ_quantization=0)",
      "gxnor_mnist(weight_quantization=0 activ_quantization=0 input_weight_quantization=)",
      "akidanet_imagenet(input_shape=224,224,3 alpha=1.0 include_top=true pooling=none "
      "classes=1000 weight_quantization=0 activ_quantization=0 input_weight_quantization=)",
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
          "include_top, weight_quantization, activ_quantization, input_weight_quantization, "
          "last_layer_activ_quantization");
  refuses("convtiny_cwru", {{"alpha", "1"}}, "unknown argument 'alpha'; known: none");
  refuses("gxnor_mnist", {{"weight_quantization", "1"}},
          "weight_quantization '1' is not one of 0, 2, 3, 4, 5, 6, 7, 8");
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

TEST_CASE("quantization arguments give each layer its documented bits") {
  // Weights of the layer and, where there is one, bits of the activation of that name.
  const auto weights = [](const cnn::Network& network, const std::string& layer) {
    std::vector<std::int32_t> bits;
    for (const cnn::KernelQuantizer& kernel :
         cnn::kernel_quantizers(network.layer(network.find(layer)))) {
      bits.push_back(kernel.quantizer.bits);
    }
    return bits;
  };
  const auto levels = [](const cnn::Network& network, const std::string& layer) {
    return cnn::activation_quantizer(network.layer(network.find(layer))).value().bits;
  };
  const cnn::Network kws = build("ds_cnn_kws", {{"weight_quantization", "4"},
                                                {"activ_quantization", "3"},
                                                {"input_weight_quantization", "8"},
                                                {"last_layer_activ_quantization", "1"}});
  CHECK(weights(kws, "conv_0") == std::vector{8});
  CHECK(weights(kws, "separable_3") == std::vector{4, 4});
  CHECK(weights(kws, "dense_7") == std::vector{4});
  CHECK(levels(kws, "separable_5_relu") == 3);
  CHECK(levels(kws, "separable_6_relu") == 1);

  const cnn::Network gxnor =
      build("gxnor_mnist", {{"weight_quantization", "2"}, {"activ_quantization", "2"}});
  CHECK(weights(gxnor, "block1_conv1") == std::vector{2});
  CHECK(levels(gxnor, "fc1_relu") == 2);

  const cnn::Network points =
      build("pointnet_plus_modelnet40", {{"knn_points", "4"}, {"activ_quantization", "4"}});
  CHECK(weights(points, "block1_conv1") == std::vector{8});
  CHECK(weights(points, "bloc1_conv2").empty());
  CHECK(build("ds_cnn_kws", {{"input_weight_quantization", "0"}}) == build("ds_cnn_kws"));
}

TEST_CASE("an edge network keeps the quantized weights of its base, behind them are new ones") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "base.fb";
  ArgumentValues values = {{"alpha", "0.25"}, {"input_shape", "32,32,3"}};
  codec::save_model(build("mobilenet_imagenet", values), path);
  CHECK_THROWS_WITH(build("mobilenet_edge_imagenet", {{"base_model", path}}),
                    path + ": the base model is not quantized: 'separable_14' has float weights");

  values.insert({{"weight_quantization", "4"}, {"activ_quantization", "4"}});
  const cnn::Network base = build("mobilenet_imagenet", values, Definition::kSeed, 3);
  codec::save_model(base, path);
  const cnn::Network edge = build("mobilenet_edge_imagenet",
                                  {{"base_model", path}, {"classes", "7"}}, Definition::kSeed, 4);
  CHECK(edge.output_shape() == cnn::Dims{7});
  CHECK(edge.layer(edge.find("separable_13")) == base.layer(base.find("separable_13")));
  const auto fresh = values_of(edge, "spike_generator", 1);
  CHECK(std::ranges::count(fresh, 0.0F) < std::ssize(fresh) / 1000);
  const auto bits = [&](const char* layer) {
    return cnn::kernel_quantizers(edge.layer(edge.find(layer))).back().quantizer.bits;
  };
  CHECK(bits("spike_generator") == 4);
  CHECK(bits("classification_layer") == 2);
  CHECK(cnn::activation_quantizer(edge.layer(edge.find("spike_generator_relu"))).value().bits == 1);
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
  const ArgumentValues values = {
      {"alpha", "0.25"}, {"input_shape", "64,64,3"}, {"base_weights", path}};
  const cnn::Network detector = build("yolo_base", values, Definition::kSeed, 9);
  CHECK(detector.layer(detector.find("separable_12")).variables ==
        body.layer(body.find("separable_12")).variables);
  CHECK(values_of(detector, "2conv", 1)[0] != 0);
  CHECK_THROWS_WITH(build("yolo_base", {{"alpha", "0.5"}, {"base_weights", path}}),
                    path +
                        ": layer 'conv_0': variable 'kernel' (3, 3, 3, 8) does not fit 'kernel' "
                        "(3, 3, 3, 16)");
  cnn::Network kws = build("ds_cnn_kws");
  cnn::Network other;
  other.add({.parameters = cnn::Input{{2, 2, 1}}});
  CHECK_THROWS_WITH(take_weights(other, kws), Catch::StartsWith("no layer has the name"));
}
