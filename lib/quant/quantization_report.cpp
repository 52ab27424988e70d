#include "quant/quantization_report.h"

#include <algorithm>
#include <cmath>

#include "cnn/layer_quantizers.h"
#include "quant/channel_ranges.h"

namespace akida::quant {
namespace {

KernelReport kernel_report(const cnn::Layer& layer, const cnn::KernelQuantizer& found) {
  const cnn::Variable& kernel = layer.variables[found.kernel];
  const std::span<const float> weights = kernel_weights(layer, found);
  const std::vector<float> scales = scale_factors(layer, found);
  std::vector<float> quantized(weights.size());
  cnn::quantize_weights(found.quantizer.bits, weights, scales, quantized);
  const double limit_code = cnn::largest_code(found.quantizer.bits) + 0.5;
  double signal = 0, noise = 0;
  std::size_t zeros = 0, clipped = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double weight = double{weights[i]}, error = weight - double{quantized[i]};
    signal += weight * weight;
    noise += error * error;
    zeros += quantized[i] == 0 ? 1 : 0;
    clipped += std::abs(weight) * double{scales[i % scales.size()]} > limit_code ? 1 : 0;
  }
  const auto size = static_cast<double>(weights.size());
  return {.layer = layer.name,
          .kernel = kernel.name,
          .quantizer = found.quantizer,
          .decibels = 10 * std::log10(signal == 0 ? 1 / noise : signal / noise),
          .zeros = static_cast<double>(zeros) / size,
          .clipped = static_cast<double>(clipped) / size,
          .homogeneity = weights_homogeneity(kernel)};
}

}  // namespace

QuantizationReport quantization_report(const cnn::Network& network) {
  QuantizationReport report;
  for (const cnn::Layer& layer : network.layers()) {
    for (const cnn::KernelQuantizer& found : kernel_quantizers(layer)) {
      report.kernels.push_back(kernel_report(layer, found));
    }
    if (const auto activation = cnn::activation_quantizer(layer)) {
      report.activations.push_back({layer.name, *activation});
    }
  }
  return report;
}

}  // namespace akida::quant
