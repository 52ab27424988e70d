#include "quant/equalize_layers.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "cnn/initializers.h"
#include "nn/network_executor.h"
#include "quant/quantize.h"

using namespace akida;
using namespace akida::quant;

namespace {

// Convolution, depthwise, separable and dense layers behind each other, with uneven channels.
cnn::Network chain() {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{8, 8, 2}}});
  network.add({.name = "conv", .parameters = cnn::Conv2D{.filters = 4, .kernel_size = {3, 3}}});
  network.add({.name = "relu", .parameters = cnn::ReLU{}});
  network.add({.name = "pool", .parameters = cnn::MaxPooling2D{}});
  network.add({.name = "deep",
               .parameters = cnn::DepthwiseConv2D{.kernel_size = {2, 2}, .use_bias = false}});
  network.add({.name = "sep", .parameters = cnn::SeparableConv2D{.filters = 3}});
  network.add({.name = "relu_2", .parameters = cnn::ReLU{}});
  network.add({.name = "flat", .parameters = cnn::Flatten{}});
  network.add({.name = "fc", .parameters = cnn::Dense{.units = 5}});
  initialize_zero_kernels(network, 2);
  Random random(3);
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    for (cnn::Variable& variable : network.variables(i)) {
      const auto values = variable.value.data<float>();
      const auto last = static_cast<std::size_t>(variable.value.dims().back());
      for (std::size_t k = 0; k < values.size(); ++k) {
        if (variable.name == "bias") values[k] = static_cast<float>(random.normal());
        if (k % last == 0) values[k] *= 50;
      }
    }
  }
  return network;
}

// Largest magnitude of elements k with k / row % channels == c.
float range(const cnn::Variable& kernel, std::size_t row, std::size_t channels, std::size_t c) {
  const auto values = kernel.value.data<float>();
  float top = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k / row % channels == c) top = std::max(top, std::abs(values[k]));
  }
  return top;
}

std::vector<float> outputs_of(const cnn::Network& network, const Dense& samples) {
  nn::NetworkExecutor executor(network, {.batch = 3, .jobs = 1});
  const auto outputs = executor.forward(samples);
  return {outputs.begin(), outputs.end()};
}

}  // namespace

TEST_CASE("equalized layers compute the same and have the same ranges on both sides") {
  cnn::Network network = chain();
  const cnn::Network before = network;
  CHECK(equalize_layers(network) == 3);
  Dense samples(DType::kF32, {3, 8, 8, 2});
  Random random(4);
  for (float& value : samples.data<float>()) value = static_cast<float>(random.normal());
  const std::vector<float> expected = outputs_of(before, samples),
                           found = outputs_of(network, samples);
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i] == Approx(expected[i]).epsilon(1e-4).margin(1e-3));
  }
  const auto& layers = network.layers();
  const auto ratio = [](float a, float b) { return std::abs(std::log(a / b)); };
  for (std::size_t c = 0; c < 4; ++c) {
    CHECK(ratio(range(layers[1].variables[0], 1, 4, c), range(layers[4].variables[0], 1, 4, c)) <
          0.05);
    CHECK(ratio(range(layers[4].variables[0], 1, 4, c), range(layers[5].variables[0], 1, 4, c)) <
          0.05);
  }
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(ratio(range(layers[5].variables[1], 1, 3, c), range(layers[8].variables[0], 5, 3, c)) <
          0.05);
  }
}

TEST_CASE("bounded ReLUs, normalizations and branches keep layers apart") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{4}}});
  network.add({.name = "a", .parameters = cnn::Dense{.units = 3}});
  network.add({.name = "six", .parameters = cnn::ReLU{.max_value = 6.0F}});
  network.add({.name = "b", .parameters = cnn::Dense{.units = 3}});
  network.add({.name = "norm", .parameters = cnn::BatchNormalization{}});
  network.add({.name = "c", .parameters = cnn::Dense{.units = 3}});
  network.add({.name = "d", .inbounds = {5}, .parameters = cnn::Dense{.units = 3}});
  network.add({.name = "e", .inbounds = {5}, .parameters = cnn::Dense{.units = 3}});
  initialize_zero_kernels(network, 1);
  const cnn::Network before = network;
  CHECK(equalize_layers(network) == 0);
  CHECK((network == before));
  cnn::Network quantized = quantize(network, {.weight_bits = 4});
  CHECK_THROWS_WITH(equalize_layers(quantized),
                    "layer 'a' is quantized already: equalize the float network");
}
