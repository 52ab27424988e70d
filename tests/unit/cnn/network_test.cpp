#include "cnn/network.h"

#include <catch2/catch.hpp>

#include "cnn/blocks.h"

using namespace akida;
using namespace akida::cnn;

namespace {

Network network_with_input(Dims shape) {
  Network network;
  network.add({.parameters = Input{std::move(shape)}});
  return network;
}

}  // namespace

TEST_CASE("unnamed layers get Keras' automatic names") {
  Network network = network_with_input({8, 8, 3});
  for (int i = 0; i < 3; ++i) network.add({.parameters = ReLU{}});
  network.add({.parameters = Conv2D{}});
  CHECK(network.layer(0).name == "input_1");
  CHECK(network.layer(1).name == "re_lu");
  CHECK(network.layer(3).name == "re_lu_2");
  CHECK(network.layer(4).name == "conv2d");
}

TEST_CASE("automatic names avoid those given by hand, however many layers there are") {
  Network network = network_with_input({4});
  network.add({.name = "dropout_1", .parameters = Dropout{}});
  network.add({.name = "dropout_x", .parameters = Dropout{}});
  network.add({.parameters = Dropout{}});
  network.add({.parameters = Dropout{}});
  CHECK(network.layer(3).name == "dropout");
  CHECK(network.layer(4).name == "dropout_2");
  while (std::ssize(network.layers()) < kMaxLayers) network.add({.parameters = Softmax{}});
  CHECK(network.layers().back().name == "softmax_4090");
  CHECK_THROWS_WITH(network.add({.parameters = Softmax{}}), "layer count exceeds limit 4096");
}

TEST_CASE("layers are found by name and by index") {
  Network network = network_with_input({4});
  network.add({.name = "conv_1", .parameters = Softmax{}});
  CHECK(network.find("conv_1") == 1);
  CHECK(network.find("1") == 1);
  CHECK_THROWS_WITH(network.find("2"), "no layer 2: the network has 2 layers");
  CHECK_THROWS_WITH(network.find("99999999999999999999"), Catch::StartsWith("no layer 9999"));
  CHECK_THROWS_WITH(network.find("conv"), "no layer 'conv'; the network has: input_1, conv_1");
}

TEST_CASE("window sizes follow Keras for every input, size and stride, by enumeration") {
  for (std::int32_t input = 1; input <= 16; ++input) {
    for (std::int32_t size = 1; size <= 5; ++size) {
      for (std::int32_t stride = 1; stride <= 3; ++stride) {
        std::int32_t same = 0, valid = 0;
        for (std::int32_t start = 0; start < input; start += stride) ++same;
        for (std::int32_t start = 0; start + size <= input; start += stride) ++valid;
        const auto output = [&](Padding padding) {
          Network network = network_with_input({input, input, 1});
          network.add({.parameters = MaxPooling2D{{size, size}, {stride, stride}, padding}});
          return network.output_shape()[0];
        };
        REQUIRE(output(Padding::kSame) == same);
        if (valid > 0) {
          REQUIRE(output(Padding::kValid) == valid);
        } else {
          REQUIRE_THROWS(output(Padding::kValid));
        }
      }
    }
  }
}

TEST_CASE("variables have Keras' names, shapes and start values") {
  Network network = network_with_input({8, 8, 3});
  network.add({.parameters = SeparableConv2D{.filters = 5, .kernel_size = {3, 2}}});
  network.add({.parameters = BatchNormalization{}});
  const auto& separable = network.layer(1).variables;
  REQUIRE(separable.size() == 3);
  CHECK(separable[0].name == "depthwise_kernel");
  CHECK(separable[0].value.dims() == std::vector<std::int64_t>{3, 2, 3, 1});
  CHECK(separable[1].value.dims() == std::vector<std::int64_t>{1, 1, 3, 5});
  const auto& normalization = network.layer(2).variables;
  CHECK(normalization[0].value.data<float>()[0] == 1.0F);
  CHECK(normalization[3].name == "moving_variance");
  CHECK_FALSE(normalization[3].trainable);
}

TEST_CASE("a network refuses what does not fit, naming layer, argument, value and range") {
  Network network = network_with_input({8, 8, 3});
  CHECK_THROWS_WITH(network.add({.name = "c", .parameters = Conv2D{.filters = 0}}),
                    "layer 'c': filters 0 is outside 1..16777216");
  CHECK_THROWS_WITH(network.add({.name = "d", .parameters = Dropout{1.0F}}),
                    "layer 'd': rate 1 is outside 0 <= rate < 1");
  CHECK_THROWS_WITH(network.add({.name = "r", .parameters = Reshape{{1, 1, 7}}}),
                    "layer 'r': target_shape (1, 1, 7) does not hold the 192 values of (8, 8, 3)");
  CHECK_THROWS_WITH(network.add({.name = "v", .parameters = Conv2D{.kernel_size = {9, 1}}}),
                    "layer 'v': a window of height 9 does not fit an input of 8");
  CHECK_THROWS(network.add({.name = "input_1", .parameters = ReLU{}}));
}

TEST_CASE("sizes beyond the caps are refused before memory is taken") {
  Network network = network_with_input({1, 1, 1 << 24});
  CHECK_THROWS_WITH(network.add({.name = "c", .parameters = Conv2D{.filters = 129}}),
                    "layer 'c': kernel: shape (1, 1, 16777216, 129) exceeds 268435456 elements");
  CHECK_THROWS_WITH(network.add({.name = "j", .inbounds = {0, 0}, .parameters = Concatenate{}}),
                    "layer 'j': channels 33554432 is outside 1..16777216");
  CHECK_THROWS_WITH(network.add({.name = "many",
                                 .inbounds = std::vector<std::uint32_t>(65536, 0),
                                 .parameters = Concatenate{}}),
                    "layer 'many': channels 33554432 is outside 1..16777216");
  Network map = network_with_input({1 << 15, 1 << 10, 64});
  CHECK_THROWS_WITH(map.add({.name = "f", .parameters = Flatten{}}),
                    "layer 'f': output dimension 2147483648 is outside 1..16777216");
}

TEST_CASE("Concatenate joins along the last axis") {
  Network network = network_with_input({8, 8, 3});
  network.add({.name = "a", .parameters = Conv2D{.filters = 4}});
  network.add({.inbounds = {0, 1}, .parameters = Concatenate{}});
  CHECK(network.output_shape() == Dims{8, 8, 7});
}

TEST_CASE("blocks pool before normalizing, with the convolution's padding") {
  Network network = network_with_input({7, 7, 3});
  conv_block(network, "c", {.filters = 4, .kernel_size = {3, 3}, .padding = Padding::kSame},
             {.pooling = BlockPooling::kMax, .add_batchnorm = true});
  REQUIRE(network.layers().size() == 5);
  CHECK(network.layer(2).name == "c_maxpool");
  CHECK(network.layer(2).output_shape == Dims{4, 4, 4});
  CHECK(network.layer(3).name == "c_BN");
  CHECK(network.layer(4).name == "c_relu");
}
