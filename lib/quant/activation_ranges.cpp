#include "quant/activation_ranges.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "quant/calibration_pass.h"

namespace akida::quant {

void RangeHistogram::add(std::span<const float> outputs) {
  for (float value : outputs) {
    if (!(value > 0) || !std::isfinite(value)) continue;
    if (double{value} >= top_) grow(value);
    largest_ = std::max(largest_, value);
    const auto bin = static_cast<std::size_t>(double{value} / top_ * double{kBins});
    ++counts_[std::min(bin, kBins - 1)];
  }
}

void RangeHistogram::grow(float value) {
  if (top_ == 0) top_ = std::exp2(std::floor(std::log2(double{value})) + 1);
  while (double{value} >= top_) {
    for (std::size_t i = 0; i < kBins; ++i) {
      counts_[i] = 2 * i < kBins ? counts_[2 * i] + counts_[2 * i + 1] : 0;
    }
    top_ *= 2;
  }
}

double RangeHistogram::squared_error(double maximum, std::int32_t levels) const {
  const double step = maximum / levels;
  double error = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    if (counts_[i] == 0) continue;
    const double value = (static_cast<double>(i) + 0.5) * top_ / double{kBins};
    const double level = std::min(double(levels), std::round(value / step));
    error += static_cast<double>(counts_[i]) * std::pow(value - level * step, 2);
  }
  return error;
}

float RangeHistogram::least_error_maximum(std::int32_t bits) const {
  if (largest_ == 0) return 1;
  constexpr int kCandidates = 256;
  const std::int32_t levels = cnn::ActivationQuantizer{.bits = bits}.levels();
  double best = 0, least = -1;
  for (int i = kCandidates; i > 0; --i) {
    const double maximum = double{largest_} * i / kCandidates;
    const double error = squared_error(maximum, levels);
    if (least >= 0 && error >= least) continue;
    best = maximum;
    least = error;
  }
  return static_cast<float>(best);
}

namespace {

// Whether the range of an activation should follow from data.
bool needs_range(const cnn::Layer& original, const cnn::Layer& quantized) {
  if (original.type() == cnn::LayerType::kReLU) return true;
  const auto before = cnn::activation_quantizer(original);
  const auto after = cnn::activation_quantizer(quantized);
  return before && after && after->bits < before->bits &&
         quantized.type() == cnn::LayerType::kQuantizedReLU;
}

}  // namespace

std::map<std::string, RangeHistogram> activation_ranges(const cnn::Network& original,
                                                        const cnn::Network& quantized,
                                                        const nn::SampleSet& samples, int jobs) {
  std::vector<std::size_t> observed;
  for (std::size_t i = 0; i < original.layers().size(); ++i) {
    const cnn::Layer& layer = original.layer(i);
    if (needs_range(layer, quantized.layer(quantized.find(layer.name)))) observed.push_back(i);
  }
  std::vector<RangeHistogram> histograms(observed.size());
  run_calibration(
      original, samples, observed, jobs,
      [&](std::size_t k, std::span<const float> outputs) { histograms[k].add(outputs); });
  std::map<std::string, RangeHistogram> ranges;
  for (std::size_t k = 0; k < observed.size(); ++k) {
    ranges.emplace(original.layer(observed[k]).name, std::move(histograms[k]));
  }
  return ranges;
}

void set_activation_ranges(cnn::Network& network,
                           const std::map<std::string, RangeHistogram>& ranges) {
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const cnn::Layer& layer = network.layer(i);
    const auto quantizer = cnn::activation_quantizer(layer);
    const auto range = ranges.find(layer.name);
    if (!quantizer || range == ranges.end()) continue;
    const auto* relu = std::get_if<cnn::QuantizedReLU>(&layer.parameters);
    if (relu == nullptr) {
      fail(ErrorKind::kInvalid, "layer '{}': the range of {} is fixed, it takes none from data",
           layer.name, name_of(layer.type()));
    }
    const float maximum = range->second.least_error_maximum(quantizer->bits);
    if (relu->max_value) {
      cnn::QuantizedReLU changed = *relu;
      changed.max_value = maximum;
      network.set_parameters(i, changed);
    } else {
      const cnn::ActivationQuantizer values = cnn::ranged_activation(quantizer->bits, maximum);
      const float shift = quantizer->threshold - quantizer->step / 2;  // learned before
      network.variables(i)[0].value.data<float>()[0] = values.threshold + shift;
      network.variables(i)[1].value.data<float>()[0] = values.step;
    }
  }
}

}  // namespace akida::quant
