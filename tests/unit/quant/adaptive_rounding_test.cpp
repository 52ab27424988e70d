#include "quant/adaptive_rounding.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "cnn/blocks.h"
#include "cnn/initializers.h"
#include "cnn/layer_quantizers.h"
#include "nn/batch_loader.h"
#include "nn/network_executor.h"
#include "quant/layer_inputs.h"
#include "quant/quantize.h"

using namespace akida;
using namespace akida::quant;

namespace {

// Maps whose channels are mixtures of few sources, as neighbouring pixels are.
nn::SampleSet mixed_samples(std::size_t count, Shape shape, std::uint64_t seed) {
  io::StreamHeader header;
  header.dtype = DType::kF32;
  header.shape = shape;
  nn::SampleSet samples(header);
  Random random(seed);
  io::Batch batch{.size = count};
  batch.dense = Dense(
      DType::kF32, {static_cast<std::int64_t>(count), shape.height, shape.width, shape.channels});
  const auto values = batch.dense.data<float>();
  double source = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % 4 == 0) source = random.normal();
    values[i] = static_cast<float>(1 + source + 0.3 * random.normal());
  }
  samples.append(std::move(batch));
  return samples;
}

Dense all_values(const nn::SampleSet& samples) {
  std::vector<std::uint32_t> indices(samples.size());
  std::iota(indices.begin(), indices.end(), 0U);
  return nn::load_batch(samples, indices, 1).values;
}

// Mean squared difference of two networks' outputs.
double distance(const cnn::Network& a, const cnn::Network& b, const nn::SampleSet& samples) {
  const nn::ExecutorOptions options{.batch = samples.size(), .jobs = 1};
  nn::NetworkExecutor first(a, options), second(b, options);
  const Dense values = all_values(samples);
  const auto x = first.forward(values), y = second.forward(values);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::pow(double{x[i]} - double{y[i]}, 2);
  return sum / static_cast<double>(x.size());
}

double quadratic(const std::vector<double>& h, const std::vector<double>& b, double step,
                 const std::vector<std::int8_t>& codes) {
  double sum = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (std::size_t j = 0; j < codes.size(); ++j) {
      sum += h[i * codes.size() + j] * codes[i] * codes[j] * step * step;
    }
    sum -= 2 * b[i] * codes[i] * step;
  }
  return sum;
}

}  // namespace

TEST_CASE("no single code of a rounded filter can be better, and independent inputs round alone") {
  constexpr std::size_t kSize = 6;
  constexpr std::int32_t kLargest = 3;
  int optimal = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    std::vector<double> factors(kSize * kSize), h(kSize * kSize), b(kSize), weights(kSize);
    for (double& value : factors) value = random.normal();
    for (double& value : weights) value = random.normal();
    std::vector<std::int8_t> codes(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t j = 0; j < kSize; ++j) {
        for (std::size_t k = 0; k < kSize; ++k) {
          h[i * kSize + j] += factors[i * kSize + k] * factors[j * kSize + k];
        }
        b[i] += h[i * kSize + j] * weights[j];
      }
    }
    for (std::size_t i = 0; i < kSize; ++i) {
      b[i] = 0;
      for (std::size_t j = 0; j < kSize; ++j) b[i] += h[i * kSize + j] * weights[j];
      codes[i] = static_cast<std::int8_t>(std::clamp(std::round(weights[i] / 0.7), -3.0, 3.0));
    }
    const double nearest = quadratic(h, b, 0.7, codes);
    round_filter(h, b, 0.7, kLargest, codes);
    const double found = quadratic(h, b, 0.7, codes);
    CHECK(found <= nearest);
    for (std::size_t i = 0; i < kSize; ++i) {
      for (int code = -kLargest; code <= kLargest; ++code) {
        std::vector<std::int8_t> other = codes;
        other[i] = static_cast<std::int8_t>(code);
        CHECK(quadratic(h, b, 0.7, other) >= found - 1e-9);
      }
    }
    double least = found;  // of all 7^6 code vectors
    std::vector<std::int8_t> any(kSize, -3);
    for (std::size_t i = 0; i < kSize;) {
      least = std::min(least, quadratic(h, b, 0.7, any));
      for (i = 0; i < kSize && any[i] == 3; ++i) any[i] = -3;
      if (i < kSize) ++any[i];
    }
    optimal += found <= least + 1e-9;
  }
  CHECK(optimal >= 5);  // a descent may end in a local minimum
  // Diagonal covariance: the nearest codes of b / h, also from a bad start.
  std::vector<std::int8_t> codes = {3, -3};
  round_filter(std::vector<double>{2, 0, 0, 4}, std::vector<double>{1.3, 4.9}, 0.5, 7, codes);
  CHECK(codes == std::vector<std::int8_t>{1, 2});
}

TEST_CASE("rows of inputs times kernels are the layer's outputs") {
  const auto [kernel, strides, padding] =
      GENERATE(table<std::int32_t, std::int32_t, cnn::Padding>({{3, 1, cnn::Padding::kSame},
                                                                {3, 2, cnn::Padding::kSame},
                                                                {2, 2, cnn::Padding::kValid},
                                                                {1, 2, cnn::Padding::kValid}}));
  const bool separable = GENERATE(false, true);
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{5, 6, 4}}});
  const cnn::Extent size{kernel, kernel}, stride{strides, strides};
  if (separable) {
    network.add({.name = "l", .parameters = cnn::SeparableConv2D{3, size, stride, padding, false}});
  } else {
    network.add({.name = "l", .parameters = cnn::Conv2D{3, size, stride, padding, false}});
  }
  initialize_zero_kernels(network, 4);
  const cnn::Layer& layer = network.layer(1);
  const auto depthwise = layer.variables[0].value.data<float>();
  const LayerInputs inputs(
      layer, separable ? std::vector(depthwise.begin(), depthwise.end()) : std::vector<float>{});
  const nn::SampleSet samples = mixed_samples(2, {.width = 6, .height = 5, .channels = 4}, 1);
  const Dense values = all_values(samples);
  nn::NetworkExecutor executor(network, {.batch = 2, .jobs = 1});
  const auto outputs = executor.forward(values);
  const auto weights = layer.variables.back().value.data<float>();
  REQUIRE(inputs.width() * 3 == weights.size());
  REQUIRE(inputs.positions() * 2 * 3 == outputs.size());
  std::vector<float> row(inputs.width());
  for (std::size_t r = 0; r < 2 * inputs.positions(); ++r) {
    inputs.copy_row(values.data<float>().subspan(r / inputs.positions() * 120, 120),
                    r % inputs.positions(), row);
    for (std::size_t f = 0; f < 3; ++f) {
      double sum = 0;
      for (std::size_t i = 0; i < row.size(); ++i)
        sum += double{row[i]} * double{weights[i * 3 + f]};
      REQUIRE(double{outputs[r * 3 + f]} == Approx(sum).margin(1e-5));
    }
  }
}

TEST_CASE("adaptive rounding brings quantized networks closer to float ones on other samples") {
  cnn::Network network;
  network.add({.name = "in", .parameters = cnn::Input{{8, 8, 4}}});
  conv_block(network, "conv", {.filters = 12, .kernel_size = {3, 3}}, {.max_value = 4.0F});
  separable_conv_block(network, "sep", {.filters = 16, .kernel_size = {3, 3}}, {.max_value = 4.0F});
  network.add({.name = "flat", .parameters = cnn::Flatten{}});
  network.add({.name = "last", .parameters = cnn::Dense{.units = 5}});
  initialize_zero_kernels(network, 9);
  const auto range =
      GENERATE(WeightRange::kLeastError, WeightRange::kMax, WeightRange::kTrainableStd);
  const cnn::Network quantized = quantize(network, {.weight_bits = 3,
                                                    .activation_bits = 4,
                                                    .weight_range = range,
                                                    .activation_range = ActivationRange::kMaximum});
  const nn::SampleSet samples = mixed_samples(600, {8, 8, 4}, 2);
  std::vector<RoundingReport> reports;
  const cnn::Network rounded = round_adaptively(network, quantized, samples, 1, &reports);
  REQUIRE(reports.size() == 3);
  for (const RoundingReport& report : reports) {
    INFO(report.layer << " " << report.error_before << " " << report.error_after);
    CHECK(report.error_after < report.error_before);
    CHECK(report.changed > 0);
    CHECK(report.changed < 0.9);
  }
  const nn::SampleSet others = mixed_samples(100, {8, 8, 4}, 3);
  CHECK(distance(network, rounded, others) < 0.7 * distance(network, quantized, others));
  CHECK((round_adaptively(network, quantized, samples, 3) == rounded));
  // Weights are codes of frozen limits: quantizing them changes nothing.
  for (const cnn::Layer& layer : rounded.layers()) {
    const auto found = kernel_quantizers(layer);
    if (found.empty()) continue;
    CHECK(found.back().quantizer.kind == cnn::QuantizerKind::kFixed);
    const auto weights = kernel_weights(layer, found.back());
    std::vector<float> again(weights.size());
    cnn::quantize_weights(3, weights, scale_factors(layer, found.back()), again);
    for (std::size_t i = 0; i < weights.size(); ++i) REQUIRE(again[i] == Approx(weights[i]));
  }
}
