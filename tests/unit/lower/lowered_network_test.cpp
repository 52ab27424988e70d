#include "lower/lowered_network.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "random_quantized_cnn.h"
#include "snn/activation.h"

using namespace akida;
using namespace akida::lower;

namespace {

using Values = std::vector<float>;

void set(cnn::Network& network, std::string_view layer, std::string_view variable,
         const Values& values) {
  for (cnn::Variable& each : network.variables(network.find(layer))) {
    if (each.name != variable) continue;
    const auto target = each.value.data<float>();
    REQUIRE(target.size() == values.size());
    std::copy(values.begin(), values.end(), target.begin());
  }
}

// The worked example of the published algebra: one cell of three channels.
cnn::Network worked_example(bool with_activation) {
  cnn::Network network;
  network.info.scaling_a = network.info.scaling_b = 128;
  network.add({.parameters = cnn::Input{{1, 1, 3}}});
  network.add({.name = "conv",
               .parameters = cnn::Conv2D{
                   .kernel_quantizer = cnn::WeightQuantizer{cnn::QuantizerKind::kMaxPerAxis, 8}}});
  set(network, "conv", "kernel", {0.5F, -0.3F, 0.1F});
  set(network, "conv", "bias", {0.02F});
  network.add({.name = "norm", .parameters = cnn::BatchNormalization{}});
  set(network, "norm", "gamma", {1.2F});
  set(network, "norm", "beta", {0.1F});
  set(network, "norm", "moving_mean", {0.05F});
  set(network, "norm", "moving_variance", {0.04F});
  if (with_activation) {
    network.add({.name = "relu", .parameters = cnn::ActivationDiscreteRelu{.bitwidth = 4}});
  }
  return network;
}

constexpr double kPotential = 200 * 127 - 30 * 76 + 131 * 25;  // of the sample (200, 30, 131)

}  // namespace

TEST_CASE("a lowered network has the published numbers") {
  const LoweredNetwork lowered = lower::lower(worked_example(true));
  REQUIRE(lowered.blocks.size() == 1);
  const Block& block = lowered.blocks.front();
  CHECK(lowered.input == InputKind::kImage);
  CHECK(block.codes == std::vector<std::int8_t>{127, -76, 25});
  CHECK(block.threshold == std::vector<std::int64_t>{11251});
  // float32 beta, theta and step differ from 0.1, 0.2 and 0.4 in the eighth digit.
  CHECK(block.real_threshold[0] == Approx(11251.958188).epsilon(1e-7));
  CHECK(block.real_step[0] == Approx(2194.392751).epsilon(1e-7));
  CHECK(block.step[0] == Approx(2194.392751).epsilon(1e-4));  // matched
  CHECK(std::count_if(block.boundaries.begin(), block.boundaries.end(), [](std::int64_t boundary) {
          return kPotential > static_cast<double>(boundary);
        }) == 7);
  CHECK(block.potentials == std::vector<snn::Range>{{-255 * 76, 255 * 152}});
  CHECK(lowered.findings.empty());
}

TEST_CASE("a last block without activation has no rounding but that of its result") {
  const Block block = lower::lower(worked_example(false)).blocks.front();
  CHECK((kPotential - block.shift[0]) * block.scale[0] == Approx(2.960315683).epsilon(1e-7));
  CHECK(block.threshold == std::vector<std::int64_t>{0});
  CHECK(block.activation_bits == 0);
}

TEST_CASE("the documented rounding gives the documented numbers") {
  const Options documented{.input = {}, .documented = true};
  const Block hidden = lower::lower(worked_example(true), documented).blocks.front();
  CHECK(hidden.threshold == std::vector<std::int64_t>{11251});
  CHECK(hidden.step[0] == static_cast<float>(hidden.real_step[0]));
  const Block last = lower::lower(worked_example(false), documented).blocks.front();
  CHECK(last.threshold == std::vector<std::int64_t>{10154});
  CHECK(last.step[0] == Approx(5485.981877).epsilon(1e-7));
  CHECK((kPotential - last.shift[0]) * last.scale[0] == Approx(2.960455).epsilon(1e-6));

  // Rounded down, then flipped, against flipped, then rounded down.
  cnn::Network flipped = worked_example(true);
  set(flipped, "norm", "gamma", {-1.2F});
  const Block exact = lower::lower(flipped).blocks.front();
  CHECK(exact.codes == std::vector<std::int8_t>{-127, 76, -25});
  CHECK(exact.threshold[0] == static_cast<std::int64_t>(std::floor(exact.real_threshold[0])));
  CHECK(lower::lower(flipped, documented).blocks.front().threshold[0] == exact.threshold[0] + 1);
}

TEST_CASE("random networks: thresholds are rounded down, boundaries follow the engine's rule") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const Block& block : lower::lower(test::random_quantized_cnn(seed)).blocks) {
      if (block.activation_bits == 0) continue;
      const std::size_t levels = (std::size_t{1} << block.activation_bits) - 1;
      for (std::size_t i = 0; i < block.filters(); ++i) {
        const auto floored = static_cast<std::int64_t>(std::floor(block.real_threshold[i]));
        CHECK(block.threshold[i] == std::min(floored, block.potentials[i].high));
        CHECK(block.exact_boundaries[i * levels] == floored);
        for (std::size_t n = 0; n < levels; ++n) {
          const auto number = static_cast<std::int32_t>(n);
          CHECK(block.boundaries[i * levels + n] ==
                snn::activation_boundary(block.threshold[i], block.step[i], block.activation_bits,
                                         number));
          CHECK(static_cast<double>(block.exact_boundaries[i * levels + n]) ==
                std::floor(block.real_threshold[i] + number * block.real_step[i]));
        }
      }
    }
  }
}

TEST_CASE("a Rescaling layer and an input scaling mean the same") {
  cnn::Network scaled;
  scaled.info.scaling_a = 4;
  scaled.info.scaling_b = 100;
  cnn::Network rescaled;
  for (cnn::Network* network : {&scaled, &rescaled}) {
    network->add({.parameters = cnn::Input{{5, 5, 3}}});
    if (network == &rescaled) {
      network->add({.name = "rescaling", .parameters = cnn::Rescaling{0.25F, -25.0F}});
    }
    network->add({.name = "conv",
                  .parameters = cnn::Conv2D{.kernel_size = {3, 3},
                                            .padding = cnn::Padding::kSame,
                                            .kernel_quantizer = cnn::WeightQuantizer{}}});
    Values kernel;
    for (int i = 0; i < 27; ++i) kernel.push_back(static_cast<float>(i % 7 - 3));
    set(*network, "conv", "kernel", kernel);
    network->add({.name = "relu", .parameters = cnn::ActivationDiscreteRelu{.bitwidth = 2}});
  }
  const LoweredNetwork a = lower::lower(scaled);
  const LoweredNetwork b = lower::lower(rescaled);
  CHECK(b.scaling_a == 4);
  CHECK(b.scaling_b == 100);
  CHECK(b.blocks[0].padding_value == 100);
  CHECK(a.blocks[0].threshold == b.blocks[0].threshold);
  CHECK(a.blocks[0].step == b.blocks[0].step);
}

TEST_CASE("a padding value that cannot stand for 0 is a warning") {
  const auto warnings = [](double b, bool documented, std::int32_t expected) {
    cnn::Network network;
    network.info.scaling_a = 127.5;
    network.info.scaling_b = b;
    network.add({.parameters = cnn::Input{{5, 5, 1}}});
    network.add({.name = "conv",
                 .parameters = cnn::Conv2D{.kernel_size = {3, 3},
                                           .padding = cnn::Padding::kSame,
                                           .kernel_quantizer = cnn::WeightQuantizer{}}});
    const LoweredNetwork lowered = lower::lower(network, {.input = {}, .documented = documented});
    CHECK(lowered.blocks[0].padding_value == expected);
    return lowered.findings.size();
  };
  CHECK(warnings(127, false, 127) == 0);
  CHECK(warnings(127.5, false, 128) == 1);  // half to even
  CHECK(warnings(127.5, true, 127) == 1);
  CHECK(warnings(-3, false, 0) == 1);
  CHECK(warnings(300, false, 255) == 1);
}

namespace {

// One Dense filter of `inputs` equal weights on events, with a bias.
cnn::Network constant_filter(std::int32_t inputs, std::int32_t bits, float bias, float gamma) {
  cnn::Network network;
  network.add({.parameters = cnn::Input{{inputs}}});
  network.add({.name = "fc",
               .parameters = cnn::Dense{.kernel_quantizer = cnn::WeightQuantizer{
                                            cnn::QuantizerKind::kMaxPerAxis, bits}}});
  set(network, "fc", "kernel", Values(static_cast<std::size_t>(inputs), 1.0F));
  set(network, "fc", "bias", {bias});
  network.add({.name = "norm", .parameters = cnn::BatchNormalization{}});
  set(network, "norm", "gamma", {gamma});
  network.add({.name = "relu", .parameters = cnn::ActivationDiscreteRelu{.bitwidth = 4}});
  return network;
}

}  // namespace

TEST_CASE("sums and thresholds outside int32 are errors that say what to lower") {
  // 1,200,000 inputs of 15 times 127 pass 2^31; with 7 bits, times 63, they do not.
  const LoweredNetwork wide = lower::lower(constant_filter(1'200'000, 8, 0, 1));
  REQUIRE(wide.findings.size() == 1);
  CHECK(wide.findings[0] ==
        Finding{true, "fc",
                "sums of filter 0 can reach 0..2286000000, outside int32: quantize its weights to "
                "at most 7 bits, or its inputs to fewer than 4"});
  const LoweredNetwork low = lower::lower(constant_filter(10, 4, 1e9F, 1));
  REQUIRE(low.findings.size() == 1);
  CHECK(low.findings[0].is_error);
  CHECK(low.findings[0].text.starts_with("filter 0: threshold -6999999"));
  CHECK(low.findings[0].text.ends_with("is outside int32: train with min_gamma"));
}

TEST_CASE("a threshold above the largest potential is clamped to it, with a warning") {
  const LoweredNetwork lowered = lower::lower(constant_filter(10, 4, -1e9F, 1));
  const Block& block = lowered.blocks[0];
  CHECK(block.potentials[0] == snn::Range{0, 10 * 15 * 7});
  CHECK(block.threshold[0] == 10 * 15 * 7);
  REQUIRE(lowered.findings.size() == 1);
  CHECK_FALSE(lowered.findings[0].is_error);
  CHECK(lowered.findings[0].text.starts_with("filter 0 can never spike: threshold 7000000"));
  // A tiny gamma gives a step that no float32 holds; it does not matter where nothing is above.
  const LoweredNetwork tiny = lower::lower(constant_filter(10, 4, 0, 1e-38F));
  CHECK(std::isfinite(tiny.blocks[0].step[0]));
  CHECK(tiny.blocks[0].threshold[0] == 10 * 15 * 7);
}

TEST_CASE("a dropped Softmax is a warning and stands behind the blocks") {
  cnn::Network network = constant_filter(3, 2, 0, 1);
  network.add({.name = "act_softmax", .parameters = cnn::Softmax{}});
  const LoweredNetwork lowered = lower::lower(network);
  CHECK(lowered.trailing == std::vector<std::size_t>{4});
  REQUIRE(lowered.findings.size() == 1);
  CHECK(lowered.findings[0].layer == "act_softmax");
}
