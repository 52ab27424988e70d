// Expectations are written out by hand from the public constraint tables, one pair of models per
// rule: the largest that fits and the smallest that does not.
#include "hw/incompatibilities.h"

#include <catch2/catch.hpp>

#include "hw/hardware_tables.h"

namespace akida::hw {
namespace {

using namespace snn;

using Strings = std::vector<std::string>;

// "rule: value | allowed" of every finding.
Strings findings(const Model& model, std::string_view hardware) {
  Strings texts;
  for (const Finding& finding : incompatibilities(model, hardware)) {
    texts.push_back(finding.rule + ": " + finding.value + " | " + finding.allowed);
  }
  return texts;
}

constexpr Activation kFourBits = {.threshold_fire_bits = 4};
constexpr Pooling kMax2 = {.type = PoolingType::kMax, .width = 2, .height = 2};
constexpr Pooling kGlobalAverage = {.type = PoolingType::kAverage};

// 16x16x2 events of 4 bits.
Model events(Shape shape = {16, 16, 2}, std::int32_t bits = 4) {
  Model model;
  model.add({.name = "in", .parameters = InputData{.input = shape, .input_bits = bits}});
  return model;
}

Convolutional fitting_convolution() {
  return {.num_neurons = 8,
          .weights_bits = 2,
          .convolution = {.kernel_width = 3, .kernel_height = 3},
          .activation = kFourBits};
}

Model with_convolution(const Convolutional& convolution, Shape shape = {16, 16, 2}) {
  Model model = events(shape);
  model.add({.name = "conv", .parameters = convolution});
  return model;
}

// A max-pooled layer needs a convolution behind it.
Model with_pooled(const Convolutional& convolution, Shape shape = {16, 16, 2}) {
  Model model = with_convolution(convolution, shape);
  model.add({.name = "behind", .parameters = fitting_convolution()});
  return model;
}

Model with_separable(std::int32_t kernel, std::int32_t bits, Shape shape = {16, 16, 2}) {
  Model model = events(shape);
  model.add({.name = "sep",
             .parameters = SeparableConvolutional{
                 .num_neurons = 8,
                 .weights_bits = bits,
                 .convolution = {.kernel_width = kernel, .kernel_height = kernel},
                 .activation = kFourBits}});
  return model;
}

Model with_dense(Shape shape, std::int32_t input_bits, std::int32_t weights_bits) {
  Model model = events(shape, input_bits);
  model.add({.name = "fc",
             .parameters = FullyConnected{
                 .num_neurons = 1, .weights_bits = weights_bits, .activation = kFourBits}});
  return model;
}

InputConvolutional fitting_image(Shape shape = {28, 28, 1}) {
  return {.input = shape,
          .num_neurons = 8,
          .weights_bits = 8,
          .convolution = {.kernel_width = 3, .kernel_height = 3},
          .activation = kFourBits};
}

Model with_image(const InputConvolutional& image) {
  Model model;
  model.add({.name = "image", .parameters = image});
  return model;
}

}  // namespace

TEST_CASE("a small convolution fits every version") {
  CHECK(findings(with_convolution(fitting_convolution()), "all").empty());
}

TEST_CASE("an unknown hardware version is refused with the known names") {
  CHECK_THROWS_WITH(incompatibilities(events(), "v3"),
                    "unknown hardware version 'v3'; known: v1, v2, 1.0, all");
}

TEST_CASE("all reports each version's rule, and one finding where they agree") {
  Convolutional valid = fitting_convolution();
  valid.convolution.mode = ConvolutionMode::kValid;
  valid.weights_bits = 4;
  const auto found = incompatibilities(with_convolution(valid), "all");
  REQUIRE(found.size() == 2);
  CHECK(to_string(found[0]) == "conv: convolution_mode: Valid (allowed on v1, v2, 1.0: Same)");
  CHECK(to_string(found[1]) == "conv: weights_bits: 4 (allowed on v1: 1, 2)");
  CHECK(found[0].layer == 1);
}

TEST_CASE("layers without a row are not supported: images before production, Concat anywhere") {
  CHECK(findings(with_image(fitting_image()), "v1") ==
        Strings{"layer_type: InputConvolutional | InputData, Convolutional, "
                "SeparableConvolutional, FullyConnected"});
  CHECK(findings(with_image(fitting_image()), "v2").empty());

  Model joined = with_convolution(fitting_convolution());
  joined.add({.name = "other", .inbounds = {0}, .parameters = fitting_convolution()});
  joined.add({.name = "join", .inbounds = {1, 2}, .parameters = Concat{}});
  CHECK(findings(joined, "v2") == Strings{"layer_type: Concat | InputData, InputConvolutional, "
                                          "Convolutional, SeparableConvolutional, "
                                          "FullyConnected"});
}

TEST_CASE("a layer has one inbound layer") {
  Model joined = with_convolution(fitting_convolution());
  joined.add({.name = "other", .inbounds = {0}, .parameters = fitting_convolution()});
  joined.add({.name = "both", .inbounds = {1, 2}, .parameters = fitting_convolution()});
  CHECK(findings(joined, "v1") == Strings{"inbound_layers: 2 | 1"});
}

TEST_CASE("kernels are the listed squares") {
  for (std::int32_t size = 1; size <= 9; ++size) {
    const bool is_listed = size == 1 || size == 3 || size == 5 || size == 7;
    Convolutional convolution = fitting_convolution();
    convolution.convolution = {.kernel_width = size, .kernel_height = size};
    CHECK(findings(with_convolution(convolution), "v1").empty() == is_listed);
    CHECK(findings(with_convolution(convolution), "v2").empty() == is_listed);
    CHECK(findings(with_separable(size, 4), "v2").empty() == (is_listed && size != 1));
    InputConvolutional image = fitting_image();
    image.convolution = convolution.convolution;
    CHECK(findings(with_image(image), "v2").empty() == (is_listed && size != 1));
  }
  Convolutional oblong = fitting_convolution();
  oblong.convolution.kernel_height = 5;
  CHECK(findings(with_convolution(oblong), "v1") ==
        Strings{"kernel_size: 3x5 | 1x1, 3x3, 5x5, 7x7"});
}

TEST_CASE("stride 2 needs production hardware and a 3x3 kernel") {
  Convolutional strided = fitting_convolution();
  strided.convolution.stride_x = strided.convolution.stride_y = 2;
  CHECK(findings(with_convolution(strided), "v1") == Strings{"stride: 2x2 | 1"});
  CHECK(findings(with_convolution(strided), "v2").empty());
  strided.convolution.kernel_width = strided.convolution.kernel_height = 5;
  CHECK(findings(with_convolution(strided), "v2") ==
        Strings{"stride_kernel: 5x5 | 3x3 where a stride is above 1"});
  strided.convolution = {.kernel_width = 3, .kernel_height = 3, .stride_x = 3, .stride_y = 3};
  CHECK(findings(with_convolution(strided), "v2") == Strings{"stride: 3x3 | 1, 2"});
}

TEST_CASE("images have strides 1 to 3, any of their kernels, Same or Valid") {
  InputConvolutional image = fitting_image();
  image.convolution = {.kernel_width = 5, .kernel_height = 5, .stride_x = 3, .stride_y = 3};
  image.convolution.mode = ConvolutionMode::kValid;
  CHECK(findings(with_image(image), "v2").empty());
  image.convolution.stride_x = 4;
  CHECK(findings(with_image(image), "v2") == Strings{"stride: 4x3 | 1, 2, 3"});
  image = fitting_image();
  image.convolution.mode = ConvolutionMode::kFull;
  CHECK(findings(with_image(image), "v2") == Strings{"convolution_mode: Full | Same, Valid"});
}

TEST_CASE("images are 5 to 256 wide and at least 5 high") {
  CHECK(findings(with_image(fitting_image({5, 5, 1})), "v2").empty());
  CHECK(findings(with_image(fitting_image({256, 1000, 3})), "v2").empty());
  CHECK(findings(with_image(fitting_image({257, 5, 1})), "v2") ==
        Strings{"input_width: 257 | 5..256"});
  CHECK(findings(with_image(fitting_image({4, 4, 1})), "v2") ==
        Strings{"input_width: 4 | 5..256", "input_height: 4 | at least 5"});
}

TEST_CASE("images have at most the listed neurons per channels and kernel") {
  struct Limit {
    std::int32_t channels, kernel, neurons;
  };
  for (const Limit& limit : {Limit{1, 3, 512}, Limit{1, 5, 192}, Limit{1, 7, 96}, Limit{3, 3, 192},
                             Limit{3, 5, 64}, Limit{3, 7, 32}}) {
    InputConvolutional image = fitting_image({28, 28, limit.channels});
    image.convolution = {.kernel_width = limit.kernel, .kernel_height = limit.kernel};
    image.num_neurons = limit.neurons;
    CHECK(findings(with_image(image), "v2").empty());
    image.num_neurons = limit.neurons + 1;
    const std::string most = std::to_string(limit.neurons);
    CHECK(findings(with_image(image), "v2") ==
          Strings{"num_neurons: " + std::to_string(limit.neurons + 1) + " | 1.." + most});
  }
}

TEST_CASE("images are max-pooled by halves with stride 2, never averaged") {
  InputConvolutional image = fitting_image();
  image.pooling = kMax2;
  Model model = with_image(image);
  model.add({.name = "behind", .parameters = fitting_convolution()});
  CHECK(findings(model, "v2").empty());

  image.pooling = {.type = PoolingType::kMax, .width = 1, .height = 2};
  model = with_image(image);
  model.add({.name = "behind", .parameters = fitting_convolution()});
  CHECK(findings(model, "v2").empty());

  image.pooling = {.type = PoolingType::kMax, .width = 3, .height = 3};
  model = with_image(image);
  model.add({.name = "behind", .parameters = fitting_convolution()});
  CHECK(findings(model, "v2") == Strings{"pooling_size: 3x3 | 1x1, 1x2, 2x1, 2x2",
                                         "pooling_stride: 3x3 | 2; at most the pooling size 3x3"});

  image.pooling = {
      .type = PoolingType::kMax, .width = 2, .height = 2, .stride_x = 1, .stride_y = 1};
  model = with_image(image);
  model.add({.name = "behind", .parameters = fitting_convolution()});
  CHECK(findings(model, "v2") == Strings{"pooling_stride: 1x1 | 2; at most the pooling size 2x2"});
  CHECK(findings(model, "1.0") == Strings{"pooling_stride: 1x1 | 2x2"});

  image.pooling = kGlobalAverage;
  CHECK(findings(with_image(image), "v2") == Strings{"pooling_type: Average | NoPooling, Max"});
}

TEST_CASE("max pooling is a listed square with a stride up to its size") {
  for (std::int32_t size = 1; size <= 4; ++size) {
    for (std::int32_t stride = 1; stride <= 4; ++stride) {
      Convolutional pooled = fitting_convolution();
      pooled.pooling = {.type = PoolingType::kMax,
                        .width = size,
                        .height = size,
                        .stride_x = stride,
                        .stride_y = stride};
      const Model model = with_pooled(pooled);
      const bool fits = size <= 3 && stride <= size;
      CHECK(findings(model, "v1").empty() == fits);
      CHECK(findings(model, "v2").empty() == fits);
      CHECK(findings(model, "1.0").empty() == (fits && size <= 2));
    }
  }
}

TEST_CASE("before production neither max pooling nor its kernel exceeds the input") {
  Convolutional pooled = fitting_convolution();
  pooled.pooling = {.type = PoolingType::kMax, .width = 3, .height = 3};
  CHECK(findings(with_pooled(pooled, {3, 3, 2}), "v1").empty());
  CHECK(findings(with_pooled(pooled, {3, 2, 2}), "v1") ==
        Strings{"pooling_input: 3x3 | at most the input 3x2",
                "kernel_input: 3x3 | at most the input 3x2"});
  CHECK(findings(with_pooled(pooled, {3, 2, 2}), "v2").empty());
}

TEST_CASE("max pooling is followed by a convolutional layer") {
  Convolutional pooled = fitting_convolution();
  pooled.pooling = kMax2;
  Model model = with_convolution(pooled);
  const std::string allowed = " | Convolutional, SeparableConvolutional";
  CHECK(findings(model, "v1") == Strings{"next_layer: none" + allowed});
  model.add({.name = "fc", .parameters = FullyConnected{.activation = kFourBits}});
  CHECK(findings(model, "v2") == Strings{"next_layer: FullyConnected" + allowed});
  model.pop_layer();
  model.add({.name = "sep",
             .parameters = SeparableConvolutional{
                 .convolution = {.kernel_width = 3, .kernel_height = 3}, .activation = kFourBits}});
  CHECK(findings(model, "v2").empty());
}

TEST_CASE("average pooling is global, of the listed width and height") {
  Convolutional averaged = fitting_convolution();
  averaged.pooling = kGlobalAverage;
  const auto on = [&](const char* hardware, Shape shape) {
    return findings(with_convolution(averaged, shape), hardware);
  };
  for (std::int32_t width : {8, 16, 24, 32}) CHECK(on("v1", {width, 8, 2}).empty());
  CHECK(on("v1", {32, 64, 2}).empty());
  CHECK(on("v1", {12, 8, 2}) == Strings{"average_pooling_width: 12 | 8..32, multiples of 8"});
  CHECK(on("v1", {40, 8, 2}) == Strings{"average_pooling_width: 40 | 8..32, multiples of 8"});
  CHECK(on("v1", {8, 12, 2}) == Strings{"average_pooling_height: 12 | at least 8, multiples of 8"});
  CHECK(on("v2", {32, 12, 2}).empty());
  CHECK(on("v2", {1, 1, 2}).empty());
  CHECK(on("v2", {33, 1, 2}) == Strings{"average_pooling_width: 33 | 1..32"});
  CHECK(on("1.0", {32, 3, 2}).empty());
  CHECK(on("1.0", {32, 2, 2}) == Strings{"average_pooling_height: 2 | 3..32"});

  averaged.pooling = {.type = PoolingType::kAverage, .width = 8, .height = 8};
  CHECK(on("v2", {16, 16, 2}) ==
        Strings{"pooling_type: Average 8x8 | NoPooling, Max, global Average (16x16)"});
}

TEST_CASE("weights have the listed bits") {
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    Convolutional convolution = fitting_convolution();
    convolution.weights_bits = bits;
    CHECK(findings(with_convolution(convolution), "v1").empty() == (bits <= 2));
    CHECK(findings(with_convolution(convolution), "v2").empty() == (bits <= 2 || bits == 4));
    CHECK(findings(with_dense({1, 1, 9}, 2, bits), "v1").empty() == (bits <= 2));
    CHECK(findings(with_dense({1, 1, 9}, 4, bits), "v2").empty() == (bits <= 2 || bits == 4));
    InputConvolutional image = fitting_image();
    image.weights_bits = bits;
    CHECK(findings(with_image(image), "v2").empty());
    CHECK(findings(with_image(image), "1.0").empty() == (bits == 8));
    if (bits == 1) continue;  // separable weights are signed
    for (const char* hardware : {"v1", "v2"}) {
      CHECK(findings(with_separable(3, bits), hardware).empty() == (bits == 2 || bits == 4));
    }
  }
}

TEST_CASE("inputs and activations have 1, 2 or 4 bits, a v1 FullyConnected takes 1 or 2") {
  for (std::int32_t bits = 1; bits <= 8; ++bits) {
    const bool is_listed = bits == 1 || bits == 2 || bits == 4;
    Model model = events({16, 16, 2}, bits);
    model.add({.name = "conv", .parameters = fitting_convolution()});
    CHECK(findings(model, "v1").empty() == is_listed);
    CHECK(findings(model, "v2").empty() == is_listed);
    CHECK(findings(with_dense({1, 1, 9}, bits, 2), "v1").empty() == (bits <= 2));
    CHECK(findings(with_dense({1, 1, 9}, bits, 2), "v2").empty() == is_listed);
    Convolutional convolution = fitting_convolution();
    convolution.activation.threshold_fire_bits = bits;
    CHECK(findings(with_convolution(convolution), "v1").empty() == is_listed);
    CHECK(findings(with_convolution(convolution), "v2").empty() == is_listed);
  }
  Convolutional off = fitting_convolution();
  off.activation = {.enabled = false, .threshold_fire_bits = 3};
  CHECK(findings(with_convolution(off), "all").empty());
}

TEST_CASE("a FullyConnected has 81920 inputs at most, in one cell before production") {
  CHECK(findings(with_dense({1, 1, 65536}, 2, 2), "v1").empty());
  CHECK(findings(with_dense({2, 1, 8}, 2, 2), "v1") == Strings{"input_width: 2 | 1"});
  CHECK(findings(with_dense({1, 3, 8}, 2, 2), "v1") == Strings{"input_height: 3 | 1"});
  CHECK(findings(with_dense({32, 32, 80}, 2, 2), "v2").empty());
  CHECK(findings(with_dense({32, 2561, 1}, 2, 2), "v2") == Strings{"inputs: 81952 | 1..81920"});
  CHECK(findings(with_dense({28667, 2, 1}, 2, 2), "1.0").empty());
  CHECK(findings(with_dense({28668, 2, 1}, 2, 2), "1.0") == Strings{"inputs: 57336 | 1..57334"});
}

TEST_CASE("the 1.0 page limits inputs of convolutions and excludes a 1x1 separable one") {
  CHECK(findings(with_convolution(fitting_convolution(), {4096, 4096, 1}), "1.0").empty());
  CHECK(findings(with_convolution(fitting_convolution(), {4097, 8, 2049}), "1.0") ==
        Strings{"input_width: 4097 | 1..4096", "input_channels: 2049 | 1..2048"});
  CHECK(findings(with_separable(3, 4, {1, 1, 8}), "1.0") ==
        Strings{"input_size: 1x1 | larger than 1x1"});
  CHECK(findings(with_separable(3, 4, {2, 1, 8}), "1.0").empty());
  CHECK(findings(with_separable(3, 4, {1, 1, 8}), "v2").empty());
}

TEST_CASE("thresholds fit signed and steps unsigned 20 bits") {
  Model model = with_convolution(fitting_convolution());
  model.variables(1).threshold_fire[0] = -524288;
  model.variables(1).threshold_fire[7] = 524287;
  model.variables(1).threshold_fire_step[3] = 1048575;
  CHECK(findings(model, "all").empty());

  model.variables(1).threshold_fire[0] = -524289;
  model.variables(1).threshold_fire[7] = 524288;
  model.variables(1).threshold_fire_step[3] = 1246278;
  CHECK(findings(model, "v2") ==
        Strings{"threshold_fire: -524289 at neuron 0, 2 of 8 neurons outside | -524288..524287",
                "threshold_fire_step: 1246278 at neuron 3, 1 of 8 neurons outside | 0..1048575"});
}

TEST_CASE("a step means nothing with one bit, nor do thresholds where activations are off") {
  Convolutional binary = fitting_convolution();
  binary.activation.threshold_fire_bits = 1;
  Model model = with_convolution(binary);
  model.variables(1).threshold_fire_step[0] = 1e9F;
  CHECK(findings(model, "all").empty());

  Convolutional off = fitting_convolution();
  off.activation.enabled = false;
  model = with_convolution(off);
  model.variables(1).threshold_fire[0] = 1 << 30;
  CHECK(findings(model, "all").empty());
}

TEST_CASE("findings come in layer order and an empty model has none") {
  CHECK(findings(Model(), "all").empty());
  Convolutional valid = fitting_convolution();
  valid.convolution.mode = ConvolutionMode::kValid;
  Model model = with_convolution(valid);
  model.add({.name = "last", .parameters = FullyConnected{.weights_bits = 3}});
  const auto found = incompatibilities(model, "all");
  REQUIRE(found.size() >= 3);
  for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i - 1].layer <= found[i].layer);
}

}  // namespace akida::hw
