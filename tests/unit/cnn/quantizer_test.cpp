#include "cnn/quantizer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "base/random.h"
#include "cnn/layer_quantizers.h"
#include "cnn/network.h"

using namespace akida;
using namespace akida::cnn;

namespace {

std::vector<float> normals(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

std::vector<std::int8_t> codes_of(std::int32_t bits, const std::vector<float>& weights,
                                  const std::vector<float>& scales) {
  std::vector<std::int8_t> codes(weights.size());
  weight_codes(bits, weights, scales, codes);
  return codes;
}

std::vector<float> values_of(std::int32_t bits, const std::vector<float>& weights,
                             const std::vector<float>& scales) {
  std::vector<float> values(weights.size());
  quantize_weights(bits, weights, scales, values);
  return values;
}

// The documented formula for one weight, with the C library's rounding.
float documented_code(float weight, float scale, std::int32_t bits) {
  const float largest = static_cast<float>((1 << (bits - 1)) - 1);
  return std::clamp(std::nearbyint(weight * scale), -largest, largest);
}

struct Gradients {
  std::vector<float> weights;
  std::vector<float> stored;
};

Gradients gradients_of(const WeightQuantizer& quantizer, const std::vector<float>& weights,
                       std::size_t count, const std::vector<float>& stored,
                       const std::vector<float>& upstream) {
  Gradients result{std::vector<float>(weights.size()), std::vector<float>(stored.size())};
  weight_gradients(quantizer, weights, count, stored, upstream, result.weights, result.stored);
  return result;
}

// A quantizer in double whose rounding is frozen: what was rounded away stays a constant, and what
// was clipped stays clipped. Its ordinary derivative is the straight-through gradient.
class FrozenQuantizer {
 public:
  using Limits = std::function<std::vector<double>(const std::vector<double>& weights,
                                                   const std::vector<double>& stored)>;

  FrozenQuantizer(std::int32_t bits, Limits limits, const std::vector<float>& weights,
                  const std::vector<float>& stored)
      : largest_((1 << (bits - 1)) - 1),
        limits_(std::move(limits)),
        weights_(weights.begin(), weights.end()),
        stored_(stored.begin(), stored.end()) {
    const std::vector<double> at = limits_(weights_, stored_);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const double scale = largest_ / at[i % at.size()];
      const double rounded = std::nearbyint(weights_[i] * scale);
      passes_.push_back(std::abs(rounded) <= largest_);
      offsets_.push_back(passes_[i] ? rounded - weights_[i] * scale
                                    : std::copysign(largest_, rounded));
    }
  }

  // The loss sum(upstream * w_q) with one weight or stored value moved by `shift`.
  double loss(const std::vector<float>& upstream, std::size_t weight, std::size_t stored,
              double shift) const {
    std::vector<double> weights = weights_, learned = stored_;
    if (weight < weights.size()) weights[weight] += shift;
    if (stored < learned.size()) learned[stored] += shift;
    const std::vector<double> at = limits_(weights, learned);
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double scale = largest_ / at[i % at.size()];
      const double straight = passes_[i] ? weights[i] * scale : 0.0;
      sum += double{upstream[i]} * (straight + offsets_[i]) / scale;
    }
    return sum;
  }

  double slope(const std::vector<float>& upstream, std::size_t weight, std::size_t stored) const {
    constexpr double kShift = 1e-6;
    return (loss(upstream, weight, stored, kShift) - loss(upstream, weight, stored, -kShift)) /
           (2 * kShift);
  }

 private:
  double largest_;
  Limits limits_;
  std::vector<double> weights_, stored_, offsets_;
  std::vector<bool> passes_;
};

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

double deviation(const std::vector<double>& weights, std::size_t filter, std::size_t filters) {
  double sum = 0, squares = 0, count = 0;
  for (std::size_t i = filter; i < weights.size(); i += filters) {
    sum += weights[i];
    squares += weights[i] * weights[i];
    ++count;
  }
  return std::sqrt(squares / count - sum / count * (sum / count));
}

FrozenQuantizer::Limits deviations(std::size_t filters, double threshold) {
  return [=](const std::vector<double>& weights, const std::vector<double>& stored) {
    std::vector<double> limits;
    for (std::size_t j = 0; j < filters; ++j) {
      limits.push_back((stored.empty() ? threshold : stored[0]) * deviation(weights, j, filters));
    }
    return limits;
  };
}

FrozenQuantizer::Limits maxima(std::size_t filters) {
  return [=](const std::vector<double>& weights, const std::vector<double>&) {
    std::vector<double> limits(filters);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      limits[i % filters] = std::max(limits[i % filters], std::abs(weights[i]));
    }
    return limits;
  };
}

// Every gradient against central differences of the frozen quantizer, times `stored_factor` for
// the stored ones.
void check_gradients(const WeightQuantizer& quantizer, std::size_t filters,
                     const std::vector<float>& stored, const FrozenQuantizer::Limits& limits,
                     double stored_factor = 1) {
  const std::vector<float> weights = normals(24, 3), upstream = normals(24, 4);
  const FrozenQuantizer frozen(quantizer.bits, limits, weights, stored);
  const Gradients found = gradients_of(quantizer, weights, filters, stored, upstream);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    INFO(name_of(quantizer.kind) << " weight " << i);
    CHECK(found.weights[i] == Approx(frozen.slope(upstream, i, kNone)).epsilon(1e-4).margin(1e-5));
  }
  for (std::size_t j = 0; j < stored.size(); ++j) {
    INFO(name_of(quantizer.kind) << " stored " << j);
    const double slope = stored_factor * frozen.slope(upstream, kNone, j);
    CHECK(found.stored[j] == Approx(slope).epsilon(1e-4).margin(1e-5));
  }
}

}  // namespace

TEST_CASE("the worked example of an 8-bit kernel has its documented codes") {
  const std::vector<float> weights = {0.5F, -0.3F, 0.1F};
  const WeightQuantizer quantizer{QuantizerKind::kMaxPerAxis, 8};
  const std::vector<float> scales = scale_factors(quantizer, weights, 1, {});
  CHECK(scales == std::vector<float>{254.0F});
  CHECK(codes_of(8, weights, scales) == std::vector<std::int8_t>{127, -76, 25});
  const std::vector<float> values = values_of(8, weights, scales);
  CHECK(values[0] == 0.5F);
  CHECK(values[1] == Approx(-0.2992126));
  CHECK(values[2] == Approx(0.0984252));
}

TEST_CASE("codes and values are the documented formula in float32, bit for bit") {
  const std::vector<float> weights = normals(6000, 1);
  for (std::int32_t bits = 2; bits <= 8; ++bits) {
    // Steps that weights hit exactly in the middle are among these.
    for (float limit : {0.25F, 1.0F, 2.75F, 7.0F}) {
      const std::vector<float> scales = scale_factors(bits, std::vector<float>{limit, 2 * limit});
      const std::vector<std::int8_t> codes = codes_of(bits, weights, scales);
      const std::vector<float> values = values_of(bits, weights, scales);
      for (std::size_t i = 0; i < weights.size(); ++i) {
        const float scale = scales[i % 2];
        const float expected = documented_code(weights[i], scale, bits);
        REQUIRE(static_cast<float>(codes[i]) == expected);
        REQUIRE(values[i] == expected / scale);
      }
    }
  }
}

TEST_CASE("ties round to the even code, and what lies outside is clipped") {
  const std::vector<float> weights = {0.5F, 1.5F,  2.5F, -0.5F,  -1.5F, -2.5F,
                                      6.5F, 7.49F, 7.5F, -1e30F, 3e38F, 0.0F};
  CHECK(codes_of(4, weights, {1.0F}) ==
        std::vector<std::int8_t>{0, 2, 2, 0, -2, -2, 6, 7, 7, -7, 7, 0});
}

TEST_CASE("limits follow the weights as each kind says") {
  const std::vector<float> weights = {1, -4, 3, 2, -5, 0};  // filters (1, 3, -5) and (-4, 2, 0)
  const auto limits = [&](QuantizerKind kind, std::size_t count, std::vector<float> stored = {}) {
    return weight_limits({kind, 4, 2.0F}, weights, count, stored);
  };
  CHECK(limits(QuantizerKind::kMax, 1) == std::vector<float>{5});
  CHECK(limits(QuantizerKind::kMaxPerAxis, 2) == std::vector<float>{5, 4});
  // Variances of the population: 55/6 - 1/4, 35/3 - 1/9, 20/3 - 4/9.
  CHECK(limits(QuantizerKind::kStd, 1)[0] == Approx(2 * std::sqrt(55.0 / 6 - 0.25)));
  CHECK(limits(QuantizerKind::kStdPerAxis, 2)[0] == Approx(2 * std::sqrt(104.0 / 9)));
  CHECK(limits(QuantizerKind::kStdPerAxis, 2)[1] == Approx(2 * std::sqrt(56.0 / 9)));
  CHECK(limits(QuantizerKind::kTrainableStd, 1, {3.0F})[0] ==
        Approx(3 * std::sqrt(55.0 / 6 - 0.25)));
  CHECK(limits(QuantizerKind::kFixed, 2, {0.5F, 9.0F}) == std::vector<float>{0.5F, 9.0F});
  CHECK(limits(QuantizerKind::kLsq, 1, {0.5F}) == std::vector<float>{0.5F});
}

TEST_CASE("filters that are zero, or nearly, have scale 1 and codes 0") {
  const std::vector<float> weights = {0, 1e-40F, 2, 0, -1e-40F, 1};
  const std::vector<float> scales = scale_factors({QuantizerKind::kMaxPerAxis, 8}, weights, 3, {});
  CHECK(scales == std::vector<float>{1.0F, 1.0F, 63.5F});
  CHECK(codes_of(8, weights, scales) == std::vector<std::int8_t>{0, 0, 127, 0, 0, 64});
  const Gradients found =
      gradients_of({QuantizerKind::kMaxPerAxis, 8}, weights, 3, {}, {1, 2, 3, 4, 5, 6});
  for (float value : found.weights) CHECK(std::isfinite(value));
  CHECK(found.weights[0] == 1.0F);
}

TEST_CASE("the documented ranges have the published signal-to-noise ratio on Gaussian kernels") {
  // 400 filters of 576 normal weights; decibels, rounded as published.
  constexpr std::size_t kFilters = 400, kFanIn = 576;
  const std::vector<float> weights = normals(kFilters * kFanIn, 7);
  const auto decibels = [&](QuantizerKind kind, std::int32_t bits) {
    const std::size_t count = is_per_filter(kind) ? kFilters : 1;
    const auto values = values_of(bits, weights, scale_factors({kind, bits}, weights, count, {}));
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      signal += double{weights[i]} * double{weights[i]};
      noise += std::pow(double{weights[i]} - double{values[i]}, 2);
    }
    return 10 * std::log10(signal / noise);
  };
  struct Row {
    std::int32_t bits;
    double max_per_axis, max, std;
  };
  for (const Row& row : {Row{2, 1.4, 0.3, 1.9}, Row{3, 9.9, 6.8, 10.8}, Row{4, 17.3, 14.2, 18.0},
                         Row{8, 42.5, 39.4, 33.4}}) {
    CHECK(decibels(QuantizerKind::kMaxPerAxis, row.bits) == Approx(row.max_per_axis).margin(0.15));
    // The largest of all 230,400 weights varies from sample to sample.
    CHECK(decibels(QuantizerKind::kMax, row.bits) == Approx(row.max).margin(0.9));
    CHECK(decibels(QuantizerKind::kStd, row.bits) == Approx(row.std).margin(0.15));
  }
}

TEST_CASE("straight-through gradients of weights, thresholds and limits equal finite differences") {
  check_gradients({QuantizerKind::kMax, 4}, 1, {}, maxima(1));
  check_gradients({QuantizerKind::kMaxPerAxis, 3}, 4, {}, maxima(4));
  check_gradients({QuantizerKind::kStd, 2, 0.5F}, 1, {}, deviations(1, 0.5));
  check_gradients({QuantizerKind::kStdPerAxis, 3, 1.25F}, 3, {}, deviations(3, 1.25));
  check_gradients({QuantizerKind::kTrainableStd, 3}, 1, {1.5F}, deviations(1, 0));
  const auto stored = [](const std::vector<double>&, const std::vector<double>& limits) {
    return limits;
  };
  check_gradients({QuantizerKind::kFixed, 3}, 4, {1, 2, 0.5F, 1.5F}, stored, 0);
  // LSQ: the gradient of the step is that of the limit times kmax; it gets the factor
  // 1 / sqrt(6 * 3), and the update is carried to the limit by kmax once more.
  check_gradients({QuantizerKind::kLsq, 3}, 4, {1, 2, 0.5F, 1.5F}, stored,
                  3 * 3 / std::sqrt(6.0 * 3.0));
}

TEST_CASE("LSQ's gradient of a step is round(w/s) - w/s inside and the bound outside") {
  // s = lim / 3 = 0.5: w/s = 1.3 (inside, 1 - 1.3), 9 (outside, 3), -5 (outside, -3).
  const std::vector<float> weights = {0.65F, 4.5F, -2.5F};
  const Gradients found =
      gradients_of({QuantizerKind::kLsq, 3}, weights, 1, {1.5F}, {1.0F, 10.0F, 100.0F});
  const double by_step = (-0.3 + 30 - 300) / std::sqrt(3.0 * 3.0);
  CHECK(found.stored[0] == Approx(3 * by_step));
  CHECK(found.weights == std::vector<float>{1.0F, 0.0F, 0.0F});
}

TEST_CASE("the trainable threshold has the documented gradient (w_q - m * w) / t") {
  const std::vector<float> weights = normals(50, 9), upstream = normals(50, 10);
  const WeightQuantizer quantizer{QuantizerKind::kTrainableStd, 3};
  const std::vector<float> stored = {1.25F};
  const std::vector<float> scales = scale_factors(quantizer, weights, 1, stored);
  const std::vector<float> values = values_of(3, weights, scales);
  double expected = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool passes = std::abs(std::nearbyint(weights[i] * scales[0])) <= 3;
    expected += double{upstream[i]} * double{values[i] - (passes ? weights[i] : 0.0F)} / 1.25;
  }
  CHECK(gradients_of(quantizer, weights, 1, stored, upstream).stored[0] == Approx(expected));
}

TEST_CASE("activations have the documented ranges") {
  struct Row {
    std::int32_t bits;
    double step;
  };
  for (const Row& row : {Row{1, 1}, Row{2, 1}, Row{3, 0.857143}, Row{4, 0.4}, Row{8, 0.0235294}}) {
    const ActivationQuantizer quantizer = discrete_relu(row.bits);
    CHECK(quantizer.step == Approx(row.step));
    CHECK(quantizer.threshold == quantizer.step / 2);
  }
  CHECK(ranged_activation(4, 7.5F) == ActivationQuantizer{4, 0.25F, 0.5F});
}

TEST_CASE("levels are the documented sample of a 4-bit ActivationDiscreteRelu") {
  // 0.2, 0.6 and 5.8 are boundaries, which belong to the level below; float32's 0.6 and 5.8 are
  // above them, so their neighbours below stand in.
  const std::vector<float> inputs = {0.2F,       0.2000001F, 0.59999996F, 0.6000001F,
                                     5.7999997F, 5.8000003F, 9.0F};
  std::vector<std::uint8_t> levels(inputs.size());
  activation_levels(discrete_relu(4), inputs, levels);
  CHECK(levels == std::vector<std::uint8_t>{0, 1, 1, 2, 14, 15, 15});
}

TEST_CASE("activations follow the definition everywhere, and NaN is silent") {
  const ActivationQuantizer quantizer{3, -0.25F, 0.5F};  // exact in binary: no rounding at all
  std::vector<float> inputs;
  for (int i = -400; i <= 1200; ++i) inputs.push_back(static_cast<float>(i) / 128);
  inputs.insert(inputs.end(), {1e30F, -1e30F, std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN()});
  std::vector<float> outputs(inputs.size());
  std::vector<std::uint8_t> levels(inputs.size());
  quantize_activations(quantizer, inputs, outputs);
  activation_levels(quantizer, inputs, levels);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    int boundaries = 0;
    for (int n = 0; n < 7; ++n) boundaries += inputs[i] > -0.25F + 0.5F * static_cast<float>(n);
    REQUIRE(levels[i] == boundaries);
    REQUIRE(outputs[i] == 0.5F * static_cast<float>(boundaries));
  }
}

TEST_CASE("gradients of activations pass inside the range and equal the documented sums") {
  const ActivationQuantizer quantizer{2, 0.25F, 0.5F};
  const std::vector<float> inputs = {-0.25F, -0.24F, 0.1F, 0.3F, 1.75F, 1.76F};
  const std::vector<float> upstream = {1, 10, 100, 1000, 10000, 100000};
  std::vector<float> gradient(inputs.size());
  const ActivationGradients sums = activation_gradients(quantizer, inputs, upstream, gradient);
  // Levels 0, 0, 0, 1, 3, 3; the first and the last are clipped.
  CHECK(gradient == std::vector<float>{0, 10, 100, 1000, 10000, 0});
  CHECK(sums.threshold == -11110);
  const double expected = 10 * -(-0.49 / 0.5) + 100 * -(-0.15 / 0.5) + 1000 * (1 - 0.05 / 0.5) +
                          10000 * (3 - 1.5 / 0.5) + 100000 * 3;
  CHECK(sums.step == Approx(expected));
}

TEST_CASE("a layer's quantizers know their kernels and variables") {
  Network network;
  network.add({.parameters = Input{{4, 4, 3}}});
  network.add({.parameters =
                   SeparableConv2D{.filters = 5,
                                   .kernel_size = {3, 3},
                                   .depthwise_quantizer = WeightQuantizer{QuantizerKind::kLsq, 4},
                                   .pointwise_quantizer = WeightQuantizer{QuantizerKind::kFixed}}});
  const Layer& layer = network.layer(1);
  REQUIRE(layer.variables.size() == 5);
  CHECK(layer.variables[3].name == "depthwise_limit");
  CHECK(layer.variables[3].trainable);
  CHECK(layer.variables[3].value.dims() == std::vector<std::int64_t>{1});
  CHECK(layer.variables[4].name == "pointwise_limit");
  CHECK_FALSE(layer.variables[4].trainable);
  CHECK(layer.variables[4].value.dims() == std::vector<std::int64_t>{5});
  const std::vector<KernelQuantizer> found = kernel_quantizers(layer);
  REQUIRE(found.size() == 2);
  CHECK(found[0].kernel == 0);
  CHECK(found[0].stored == 3);
  CHECK(found[0].scale_count == 1);
  CHECK(found[1].kernel == 1);
  CHECK(found[1].scale_count == 5);
  CHECK(scale_factors(layer, found[1]) == std::vector<float>(5, 7.0F));
  CHECK(is_quantized(layer));
  CHECK(kernel_quantizers(network.layer(0)).empty());
}

TEST_CASE("quantized activations take their step from bits, maximum or variables") {
  Network network;
  network.add({.parameters = Input{{4}}});
  network.add({.parameters = ActivationDiscreteRelu{4}});
  network.add({.parameters = QuantizedReLU{.bitwidth = 2, .max_value = 1.5F}});
  network.add({.parameters = QuantizedReLU{.bitwidth = 4}});
  CHECK(network.layer(1).name == "activation_discrete_relu");
  CHECK(activation_quantizer(network.layer(1)) == ActivationQuantizer{4, 0.2F, 0.4F});
  CHECK(activation_quantizer(network.layer(2)) == ActivationQuantizer{2, 0.25F, 0.5F});
  CHECK(activation_quantizer(network.layer(3)) == ActivationQuantizer{4, 0.2F, 0.4F});
  network.variables(3)[0].value.data<float>()[0] = 0.0F;
  network.variables(3)[1].value.data<float>()[0] = 2.0F;
  CHECK(activation_quantizer(network.layer(3)) == ActivationQuantizer{4, 0.0F, 2.0F});
  CHECK(activation_quantizer(network.layer(0)) == std::nullopt);
  CHECK(trainable_count(network.layer(2)) == 0);
  CHECK(trainable_count(network.layer(3)) == 2);
}

TEST_CASE("quantizers outside their ranges are refused by name and value") {
  Network network;
  network.add({.parameters = Input{{4, 4, 3}}});
  const auto add = [&](WeightQuantizer quantizer) {
    network.add({.name = "d", .parameters = DepthwiseConv2D{.depthwise_quantizer = quantizer}});
  };
  CHECK_THROWS_WITH(add({QuantizerKind::kMax, 9}),
                    "layer 'd': depthwise_quantizer: bits 9 is outside 2..8");
  CHECK_THROWS_WITH(add({QuantizerKind::kStd, 4, -1.0F}),
                    "layer 'd': depthwise_quantizer: threshold -1 is not finite and above 0");
  CHECK_THROWS_WITH(add({QuantizerKind::kMax, 4, 2.0F}),
                    "layer 'd': depthwise_quantizer: kind max has no threshold, but it is 2");
  CHECK_THROWS_WITH(add({QuantizerKind::kMaxPerAxis, 4}),
                    Catch::StartsWith("layer 'd': depthwise_quantizer: kind max_per_axis has one "
                                      "scale per filter, but a depthwise kernel has one for all"));
  CHECK_THROWS_WITH(network.add({.name = "r", .parameters = QuantizedReLU{.bitwidth = 9}}),
                    "layer 'r': bitwidth 9 is outside 1..8");
  Layer dense{.name = "f",
              .parameters = cnn::Dense{.use_bias = false,
                                       .kernel_quantizer = WeightQuantizer{QuantizerKind::kFixed}}};
  dense.variables = {{"kernel", akida::Dense(DType::kF32, {3, 1})},
                     {"kernel_limit", akida::Dense(DType::kF32, {1})}};
  CHECK_THROWS_WITH(network.add(dense),
                    "layer 'f': kernel_limit: element 0: value 0 is not above 0");
}

TEST_CASE("limits count as parameters, but not as multiplications") {
  Network network;
  network.add({.parameters = Input{{4, 4, 3}}});
  network.add({.parameters = Conv2D{.filters = 2,
                                    .kernel_quantizer = WeightQuantizer{QuantizerKind::kFixed}}});
  CHECK(parameter_count(network.layer(1)) == 3 * 2 + 2 + 2);
  CHECK(trainable_count(network.layer(1)) == 3 * 2 + 2);
}
