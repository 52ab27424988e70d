#include "snn/model.h"

#include <catch2/catch.hpp>

#include "snn/activation.h"
#include "snn/geometry.h"
#include "snn/variables.h"

using namespace akida;
using namespace akida::snn;

namespace {

Model model_with_input(std::int32_t bits = 1) {
  Model model;
  model.add({.parameters = InputData{{.width = 4, .height = 3, .channels = 2}, bits}});
  return model;
}

}  // namespace

TEST_CASE("add completes name, inbounds, shapes and variables") {
  Model model = model_with_input();
  model.add({.parameters = FullyConnected{.num_neurons = 5, .weights_bits = 2}});
  const Layer& layer = model.layer(1);
  CHECK(layer.name == "fully_connected_1");
  CHECK(layer.inbounds == std::vector<std::uint32_t>{0});
  CHECK(layer.output_shape == Shape{1, 1, 5});
  CHECK(layer.variables.weights.dims() == std::vector<std::int64_t>{1, 1, 24, 5});
  CHECK(layer.variables.threshold_fire == std::vector<std::int32_t>(5, 0));
  CHECK(layer.input_max == 1);
}

TEST_CASE("add refuses what the documentation excludes, with place, value and limit") {
  Model model = model_with_input();
  CHECK_THROWS_WITH(
      model.add({.name = "fc", .parameters = FullyConnected{.num_neurons = 5, .weights_bits = 9}}),
      "layer 'fc': weights_bits 9 is outside 1..8");
  CHECK_THROWS_WITH(model.add({.name = "a.b", .parameters = FullyConnected{}}),
                    "layer 'a.b': layer name 'a.b' contains '.', ':' or '='");
  CHECK_THROWS_WITH(model.add({.name = "12", .parameters = FullyConnected{}}),
                    "layer '12': layer name '12' is only digits");
  CHECK_THROWS(Model().add({.parameters = FullyConnected{}}));
}

TEST_CASE("sizes beyond the limits are refused before memory is reserved") {
  Model model;
  model.add({.parameters = InputData{{.width = 65536, .height = 65536, .channels = 65536}, 1}});
  CHECK_THROWS_WITH(model.add({.name = "fc", .parameters = FullyConnected{.num_neurons = 65536}}),
                    "layer 'fc': weights (1, 1, 281474976710656, 65536) exceed limit 268435456");
  CHECK_THROWS_WITH(
      model.add({.name = "conv",
                 .parameters = Convolutional{.convolution = {.kernel_width = 2,
                                                             .mode = ConvolutionMode::kFull}}}),
      "layer 'conv': output width 65537 is outside 1..65536");
  Layer given{.name = "fc", .parameters = FullyConnected{.num_neurons = 1}};
  given.variables.weights = Dense(DType::kI8, {1, 1, 3, 1});
  Model small = model_with_input();
  CHECK_THROWS_WITH(small.add(given),
                    "layer 'fc': weights is i8 (1, 1, 3, 1), not i8 (1, 1, 24, 1)");
}

TEST_CASE("potentials feed nothing but a Concat") {
  Model model = model_with_input();
  model.add({.name = "off", .parameters = FullyConnected{.activation = {.enabled = false}}});
  CHECK_THROWS(model.add({.parameters = FullyConnected{}}));
  CHECK_NOTHROW(model.add({.parameters = Concat{}}));
}

// Published shapes: 49x10 stride 2 Same -> 25x5; 28x28 5x5 Valid -> 24x24 (engine.md 1.5).
TEST_CASE("output sizes equal the published ones") {
  CHECK(axis_window(ConvolutionMode::kSame, 49, 3, 2).output == 25);
  CHECK(axis_window(ConvolutionMode::kSame, 10, 3, 2).output == 5);
  CHECK(axis_window(ConvolutionMode::kValid, 28, 5, 1).output == 24);
  CHECK(axis_window(ConvolutionMode::kFull, 10, 3, 1).output == 12);
}

TEST_CASE("every padded window covers exactly the cells its mode says, by enumeration") {
  for (std::int32_t input = 1; input <= 20; ++input) {
    for (std::int32_t size = 1; size <= 7; ++size) {
      for (std::int32_t stride = 1; stride <= 4; ++stride) {
        const AxisWindow same = axis_window(ConvolutionMode::kSame, input, size, stride);
        std::int32_t positions = 0;
        for (std::int32_t start = 0; start < input; start += stride) ++positions;
        REQUIRE(same.output == positions);
        const AxisWindow full = axis_window(ConvolutionMode::kFull, input, size, stride);
        positions = 0;  // windows that overlap at least one input cell
        for (std::int32_t start = 1 - size; start < input; start += stride) ++positions;
        REQUIRE(full.output == positions);
        const AxisWindow valid = axis_window(ConvolutionMode::kValid, input, size, stride);
        positions = 0;
        for (std::int32_t start = 0; start + size <= input; start += stride) ++positions;
        REQUIRE(valid.output == positions);
      }
    }
  }
}

TEST_CASE("boundaries follow the documented intervals at 4, 2 and 1 bits") {
  CHECK(activation_boundary(10, 3.0F, 4, 0) == 10);
  CHECK(activation_boundary(10, 3.0F, 4, 14) == 10 + 14 * 3);
  CHECK(activation_boundary(10, 3.0F, 2, 2) == 10 + 2 * 12);
  CHECK(activation_boundary(-7, 0.1F, 4, 1) == -7);
  CHECK(activation_boundary(0, 3.4e38F, 4, 14) == std::int64_t{1} << 62);
}

TEST_CASE("set_variable checks shape and range and leaves the model unchanged on error") {
  Model model = model_with_input();
  model.add({.name = "fc", .parameters = FullyConnected{.num_neurons = 2, .weights_bits = 2}});
  const Model before = model;
  Dense weights(DType::kI8, {1, 1, 24, 2});
  weights.data<std::int8_t>()[3] = 2;
  CHECK_THROWS_WITH(set_variable(model, 1, "weights", weights),
                    "layer 'fc': weights: element 3: value 2 is outside -1..1 (2 bits)");
  CHECK(model == before);
  weights.data<std::int8_t>()[3] = -1;
  set_variable(model, 1, "weights", weights);
  CHECK(get_variable(model.layer(1), "weights") == weights);
  CHECK_THROWS_WITH(get_variable(model.layer(1), "bias"),
                    "layer 'fc' has no variable 'bias'; it has: weights, threshold_fire, "
                    "threshold_fire_step, shift, scale");
}
