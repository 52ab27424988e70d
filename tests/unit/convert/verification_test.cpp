#include "convert/verification.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "convert/snn_from_cnn.h"
#include "random_quantized_cnn.h"

using namespace akida;
using convert::LayerVerification;
using convert::Verification;

namespace {

struct Samples {
  io::StreamHeader header;
  io::Batch batch;
};

Samples random_samples(const cnn::Network& network, const lower::LoweredNetwork& lowered,
                       std::size_t count) {
  const cnn::Dims& shape = network.input_shape();
  Samples samples;
  samples.header.shape = {.width = shape[1], .height = shape[0], .channels = shape[2]};
  samples.batch.size = count;
  for (std::size_t i = 0; i < count; ++i) samples.batch.ids.push_back(fmt::format("s{}", i));
  samples.batch.dense =
      Dense(DType::kU8, {static_cast<std::int64_t>(count), shape[0], shape[1], shape[2]});
  Random random(17);
  for (std::uint8_t& value : samples.batch.dense.data<std::uint8_t>()) {
    value = static_cast<std::uint8_t>(random.below(1U << lowered.input_bits));
  }
  return samples;
}

}  // namespace

TEST_CASE("a quantized network and its SNN have the same levels and outputs") {
  std::int64_t values = 0, rounded = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    const cnn::Network network = test::random_quantized_cnn(seed);
    const lower::LoweredNetwork lowered = lower::lower(network);
    const Samples samples = random_samples(network, lowered, 3);
    Verification verification(network, lowered, convert::snn_from_cnn(network, lowered), 1);
    verification.add(samples.header, samples.batch);
    verification.add(samples.header, samples.batch);
    REQUIRE(verification.layers().size() == lowered.blocks.size());
    for (const LayerVerification& layer : verification.layers()) {
      CHECK(layer.different == 0);
      values += layer.values;
      rounded += layer.rounded;
    }
    CHECK_FALSE(verification.first_difference().has_value());
  }
  CHECK(values > 10000);
  CHECK(rounded > 0);
  CHECK(rounded < values / 50);
}

TEST_CASE("the first difference is named with layer, sample, place and both values") {
  // Two identity layers; the SNN's second one has its second filter's threshold raised by one.
  cnn::Network network;
  network.add({.parameters = cnn::Input{{1, 2, 2}}});
  for (const char* name : {"first", "second"}) {
    network.add(
        {.name = name,
         .parameters = cnn::Conv2D{
             .filters = 2, .kernel_quantizer = cnn::WeightQuantizer{cnn::QuantizerKind::kMax, 2}}});
    const float identity[] = {1, 0, 0, 1};
    auto kernel = network.variables(network.layers().size() - 1)[0].value.data<float>();
    std::copy(std::begin(identity), std::end(identity), kernel.begin());
    network.add({.parameters = cnn::ActivationDiscreteRelu{.bitwidth = 2}});
  }
  const lower::LoweredNetwork lowered = lower::lower(network);
  snn::Model model = convert::snn_from_cnn(network, lowered);
  REQUIRE(model.layers().size() == 3);
  model.variables(2).threshold_fire[1] += 1;

  Samples samples = random_samples(network, lowered, 34);  // more than one chunk
  for (std::uint8_t& value : samples.batch.dense.data<std::uint8_t>()) value = 0;
  samples.batch.dense.data<std::uint8_t>()[33 * 4 + 3] = 2;  // sample 33, x 1, channel 1
  Verification verification(network, lowered, model, 2);
  verification.add(samples.header, samples.batch);
  CHECK(verification.layers()[0].values == 34 * 4);
  CHECK(verification.layers()[0].different == 0);
  CHECK(verification.layers()[1].different == 1);
  REQUIRE(verification.first_difference().has_value());
  const convert::Difference& difference = *verification.first_difference();
  CHECK(difference.layer == "second");
  CHECK(difference.sample == "s33");
  CHECK(difference.y == 0);
  CHECK(difference.x == 1);
  CHECK(difference.c == 1);
  CHECK(difference.cnn == 2);
  CHECK(difference.snn == 1);
}
