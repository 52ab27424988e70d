#include "quant/channel_ranges.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "cnn/layer_quantizers.h"

namespace akida::quant {
namespace {

// Largest magnitudes of the slices along the last axis of more than one element.
std::vector<float> slice_maxima(std::span<const float> weights, std::size_t slices) {
  std::vector<float> maxima(slices);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    maxima[i % slices] = std::max(maxima[i % slices], std::abs(weights[i]));
  }
  return maxima;
}

void require_no_stored_limits(const cnn::Layer& layer) {
  for (const cnn::KernelQuantizer& quantizer : kernel_quantizers(layer)) {
    if (!cnn::has_stored_limits(quantizer.quantizer.kind)) continue;
    fail(ErrorKind::kInvalid,
         "layer '{}': its kernels cannot be normalized once limits of kind {} are stored",
         layer.name, name_of(quantizer.quantizer.kind));
  }
}

}  // namespace

std::size_t normalize_separable_layers(cnn::Network& network) {
  std::size_t count = 0;
  for (std::size_t index = 0; index < network.layers().size(); ++index) {
    if (network.layer(index).type() != cnn::LayerType::kSeparableConv2D) continue;
    require_no_stored_limits(network.layer(index));
    ++count;
    const auto depthwise = network.variables(index)[0].value.data<float>();
    const auto pointwise = network.variables(index)[1].value.data<float>();
    const auto channels = static_cast<std::size_t>(network.layer(index).input_shape.back());
    const std::size_t filters = pointwise.size() / channels;
    const std::vector<float> maxima = slice_maxima(depthwise, channels);
    for (std::size_t i = 0; i < depthwise.size(); ++i) {
      if (maxima[i % channels] > 0) depthwise[i] /= maxima[i % channels];
    }
    for (std::size_t i = 0; i < pointwise.size(); ++i) {
      if (maxima[i / filters] > 0) pointwise[i] *= maxima[i / filters];
    }
  }
  return count;
}

double weights_homogeneity(const cnn::Variable& kernel) {
  const std::vector<std::int64_t>& dims = kernel.value.dims();
  const bool depthwise = kernel.name == cnn::kDepthwiseNames.kernel;
  const auto slices = static_cast<std::size_t>(depthwise ? dims[2] : dims.back());
  const std::vector<float> maxima = slice_maxima(kernel.value.data<float>(), slices);
  const double top = double{*std::max_element(maxima.begin(), maxima.end())};
  if (top == 0) return 1;
  return std::accumulate(maxima.begin(), maxima.end(), 0.0) / (top * static_cast<double>(slices));
}

}  // namespace akida::quant
