#include <catch2/catch.hpp>
#include <cmath>

#include "base/random.h"
#include "cnn/blocks.h"
#include "cnn/initializers.h"
#include "cnn/layer_quantizers.h"
#include "quant/activation_ranges.h"
#include "quant/bias_correction.h"
#include "quant/quantize.h"

using namespace akida;
using namespace akida::quant;

namespace {

// `count` samples of `features` normal values.
nn::SampleSet normal_samples(std::size_t count, std::int32_t features, std::uint64_t seed) {
  io::StreamHeader header;
  header.dtype = DType::kF32;
  header.shape = {1, 1, features};
  nn::SampleSet samples(header);
  Random random(seed);
  io::Batch batch{.size = count};
  batch.dense = Dense(DType::kF32, {static_cast<std::int64_t>(count), 1, 1, features});
  for (float& value : batch.dense.data<float>()) value = static_cast<float>(random.normal());
  samples.append(std::move(batch));
  return samples;
}

cnn::Network two_layers() {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{12}}});
  dense_block(network, "first", {.units = 20, .use_bias = false}, {.max_value = {}});
  network.add({.name = "last", .parameters = cnn::Dense{.units = 5}});
  initialize_zero_kernels(network, 3);
  return network;
}

// Outputs of one Dense by its definition: rows of `inputs`, then kernel and bias.
std::vector<double> dense(const std::vector<double>& inputs, std::span<const float> kernel,
                          std::span<const float> bias) {
  std::vector<double> outputs(kernel.size() / inputs.size());
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    outputs[j] = bias.empty() ? 0 : double{bias[j]};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      outputs[j] += inputs[i] * double{kernel[i * outputs.size() + j]};
    }
  }
  return outputs;
}

std::vector<float> quantized_kernel(const cnn::Layer& layer) {
  const cnn::KernelQuantizer found = kernel_quantizers(layer)[0];
  std::vector<float> values(kernel_weights(layer, found).size());
  cnn::quantize_weights(found.quantizer.bits, kernel_weights(layer, found),
                        scale_factors(layer, found), values);
  return values;
}

}  // namespace

TEST_CASE("a histogram grows with its values and finds the maximum of least error") {
  RangeHistogram histogram;
  std::vector<float> values;
  Random random(2);
  for (int i = 0; i < 20000; ++i) {
    values.push_back(static_cast<float>(std::abs(random.normal())) * (i < 100 ? 0.01F : 1.0F));
  }
  values.insert(values.end(), {-3.0F, 0.0F});
  const std::span<const float> all(values);
  histogram.add(all.subspan(0, 100));  // its range grows a hundredfold later
  histogram.add(all.subspan(100));
  float largest = 0;
  for (float value : values) largest = std::max(largest, value);
  CHECK(histogram.largest() == largest);
  for (std::int32_t bits : {1, 2, 4}) {
    const int levels = (1 << bits) - 1;
    const auto error = [&](double maximum) {
      double sum = 0;
      for (float value : values) {
        if (value <= 0) continue;
        const double step = maximum / levels;
        sum += std::pow(value - step * std::min<double>(levels, std::round(value / step)), 2);
      }
      return sum;
    };
    double least = 1e30;
    for (int i = 1; i <= 400; ++i) least = std::min(least, error(double{largest} * i / 400));
    CHECK(error(double{histogram.least_error_maximum(bits)}) <= least * 1.001);
  }
  CHECK(RangeHistogram{}.least_error_maximum(4) == 1.0F);
}

TEST_CASE("activations get the range of their own outputs") {
  const cnn::Network network = two_layers();
  const nn::SampleSet samples = normal_samples(70, 12, 5);  // more than two batches
  const auto ranges = activation_ranges(network, network, samples, 1);
  REQUIRE(ranges.size() == 1);
  double largest = 0;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    std::vector<float> values(12);
    samples.copy_values(s, values);
    for (double output : dense({values.begin(), values.end()},
                               network.layer(1).variables[0].value.data<float>(), {})) {
      largest = std::max(largest, output);
    }
  }
  CHECK(double{ranges.at("first_relu").largest()} == Approx(largest).epsilon(1e-5));
  const float expected = ranges.at("first_relu").least_error_maximum(3);
  cnn::Network fixed =
      quantize(network, {.activation_bits = 3, .activation_range = ActivationRange::kMaximum});
  set_activation_ranges(fixed, ranges);
  CHECK(std::get<cnn::QuantizedReLU>(fixed.layer(2).parameters).max_value == expected);
  cnn::Network trained =
      quantize(network, {.activation_bits = 3, .activation_range = ActivationRange::kTrained});
  set_activation_ranges(trained, ranges);
  CHECK(cnn::activation_quantizer(trained.layer(2)) == cnn::ranged_activation(3, expected));
  cnn::Network discrete = quantize(network, {.activation_bits = 3});
  CHECK_THROWS_WITH(set_activation_ranges(discrete, ranges),
                    "layer 'first_relu': the range of ActivationDiscreteRelu is fixed, it takes "
                    "none from data");
}

TEST_CASE("a trained activation that loses bits gets a range from data and keeps its shift") {
  const nn::SampleSet samples = normal_samples(70, 12, 5);
  cnn::Network wide =
      quantize(two_layers(), {.activation_bits = 8, .activation_range = ActivationRange::kTrained});
  // 255 steps of 1/64, moved by 1/8: far above what the layer gives, so nothing is clipped.
  wide.variables(2)[0].value.data<float>()[0] = 1.0F / 128 + 0.125F;
  wide.variables(2)[1].value.data<float>()[0] = 1.0F / 64;
  cnn::Network narrow = quantize(wide, {.activation_bits = 1});
  const auto ranges = activation_ranges(wide, narrow, samples, 1);
  REQUIRE(ranges.size() == 1);
  const float maximum = ranges.at("first_relu").least_error_maximum(1);
  CHECK(maximum < 2);  // not 255 / 64
  set_activation_ranges(narrow, ranges);
  CHECK(cnn::activation_quantizer(narrow.layer(2)) ==
        cnn::ActivationQuantizer{.bits = 1, .threshold = maximum / 2 + 0.125F, .step = maximum});
  CHECK(activation_ranges(wide, wide, samples, 1).empty());
}

TEST_CASE("corrected biases make the mean outputs of every layer those of the float network") {
  const cnn::Network network = two_layers();
  const nn::SampleSet samples = normal_samples(70, 12, 6);
  const cnn::Network quantized = quantize(
      network, {.weight_bits = 2, .activation_bits = 2, .weight_range = WeightRange::kMax});
  std::vector<BiasShift> shifts;
  const cnn::Network corrected = correct_biases(network, quantized, samples, 1, &shifts);
  REQUIRE(shifts.size() == 2);
  CHECK(shifts[0].mean_magnitude > 0);
  REQUIRE(corrected.layer(1).variables.size() == 2);  // a bias where there was none
  const auto bias = corrected.layer(1).variables[1].value.data<float>();
  std::vector<double> original(20), hidden(20), last(5), wanted(5);
  const cnn::ActivationQuantizer relu = *cnn::activation_quantizer(corrected.layer(2));
  for (std::size_t s = 0; s < samples.size(); ++s) {
    std::vector<float> values(12);
    samples.copy_values(s, values);
    const std::vector<double> input(values.begin(), values.end());
    std::vector<double> exact = dense(input, network.layer(1).variables[0].value.data<float>(), {});
    std::vector<double> found = dense(input, quantized_kernel(corrected.layer(1)), bias);
    for (std::size_t j = 0; j < 20; ++j) {
      original[j] += exact[j];
      hidden[j] += found[j];
      exact[j] = std::max(0.0, exact[j]);
      const double level = std::ceil((found[j] - double{relu.threshold}) / double{relu.step});
      found[j] = double{relu.step} * std::min<double>(relu.levels(), std::max(0.0, level));
    }
    const auto outputs = dense(found, quantized_kernel(corrected.layer(3)),
                               corrected.layer(3).variables[1].value.data<float>());
    const auto targets = dense(exact, network.layer(3).variables[0].value.data<float>(),
                               network.layer(3).variables[1].value.data<float>());
    for (std::size_t j = 0; j < 5; ++j) {
      last[j] += outputs[j];
      wanted[j] += targets[j];
    }
  }
  for (std::size_t j = 0; j < 20; ++j) CHECK(hidden[j] == Approx(original[j]).margin(1e-3));
  for (std::size_t j = 0; j < 5; ++j) CHECK(last[j] == Approx(wanted[j]).margin(1e-2));
  CHECK_THROWS_WITH(correct_biases(network, quantized, nn::SampleSet(samples.header()), 1),
                    "bias correction needs at least one sample");
}
