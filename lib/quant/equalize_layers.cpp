#include "quant/equalize_layers.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cnn/layer_quantizers.h"

namespace akida::quant {
namespace {

constexpr int kMostPasses = 30;
constexpr double kStillness = 0.01;

struct Pair {
  std::size_t source, target;
};

// Whether a channel's positive factor goes through the layer unchanged.
bool passes_factors(const cnn::Layer& layer) {
  switch (layer.type()) {
    case cnn::LayerType::kReLU:
      return !std::get<cnn::ReLU>(layer.parameters).max_value;
    case cnn::LayerType::kActivation:
      return std::get<cnn::Activation>(layer.parameters).function ==
             cnn::ActivationFunction::kLinear;
    case cnn::LayerType::kMaxPooling2D:
    case cnn::LayerType::kAveragePooling2D:
    case cnn::LayerType::kGlobalAveragePooling2D:
    case cnn::LayerType::kGlobalMaxPooling2D:
    case cnn::LayerType::kFlatten:
    case cnn::LayerType::kDropout:
      return true;
    default:
      return false;
  }
}

std::vector<Pair> find_pairs(const cnn::Network& network) {
  std::vector<int> consumers(network.layers().size());
  for (const cnn::Layer& layer : network.layers()) {
    for (std::uint32_t inbound : layer.inbounds) ++consumers[inbound];
  }
  std::vector<Pair> pairs;
  for (std::size_t target = 0; target < network.layers().size(); ++target) {
    if (!is_neural(network.layer(target))) continue;
    std::size_t source = network.layer(target).inbounds[0];
    while (consumers[source] == 1 && passes_factors(network.layer(source))) {
      source = network.layer(source).inbounds[0];
    }
    if (consumers[source] == 1 && is_neural(network.layer(source))) {
      pairs.push_back({source, target});
    }
  }
  return pairs;
}

// The kernel that makes a layer's outputs; its channels are along the last axis of several.
std::size_t output_kernel(const cnn::Layer& layer) {
  return layer.type() == cnn::LayerType::kSeparableConv2D ? 1 : 0;
}

// Elements of the kernel that sees a layer's inputs for each of them: its filters, 1 if depthwise.
std::size_t row_length(const cnn::Layer& layer) {
  return static_cast<std::size_t>(layer.variables[0].value.dims().back());
}

// Divides the source's channels by `factors` and multiplies the target's inputs.
void apply(cnn::Network& network, const Pair& pair, const std::vector<double>& factors) {
  std::vector<cnn::Variable>& source = network.variables(pair.source);
  const std::size_t channels = factors.size(), kernel = output_kernel(network.layer(pair.source));
  for (std::size_t index = kernel; index < source.size(); ++index) {  // and the bias behind it
    const auto values = source[index].value.data<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(double{values[i]} / factors[i % channels]);
    }
  }
  const std::size_t row = row_length(network.layer(pair.target));
  const auto weights = network.variables(pair.target)[0].value.data<float>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<float>(double{weights[i]} * factors[i / row % channels]);
  }
}

// Equalizes one pair; returns the largest |log s|.
double equalize(cnn::Network& network, const Pair& pair) {
  const cnn::Layer &source = network.layer(pair.source), &target = network.layer(pair.target);
  const auto channels = static_cast<std::size_t>(source.output_shape.back());
  std::vector<double> outputs(channels), inputs(channels), factors(channels, 1.0);
  const auto made = source.variables[output_kernel(source)].value.data<float>();
  for (std::size_t i = 0; i < made.size(); ++i) {
    outputs[i % channels] = std::max(outputs[i % channels], std::abs(double{made[i]}));
  }
  const auto seen = target.variables[0].value.data<float>();
  const std::size_t row = row_length(target);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    double& range = inputs[i / row % channels];
    range = std::max(range, std::abs(double{seen[i]}));
  }
  double largest = 0;
  for (std::size_t c = 0; c < channels; ++c) {
    if (outputs[c] == 0 || inputs[c] == 0) continue;  // a silent channel stays
    factors[c] = std::sqrt(outputs[c] / inputs[c]);
    largest = std::max(largest, std::abs(std::log(factors[c])));
  }
  apply(network, pair, factors);
  return largest;
}

}  // namespace

std::size_t equalize_layers(cnn::Network& network) {
  for (const cnn::Layer& layer : network.layers()) {
    if (cnn::is_quantized(layer)) {
      fail(ErrorKind::kInvalid, "layer '{}' is quantized already: equalize the float network",
           layer.name);
    }
  }
  const std::vector<Pair> pairs = find_pairs(network);
  for (int pass = 0; pass < kMostPasses; ++pass) {
    double moved = 0;
    for (const Pair& pair : pairs) moved = std::max(moved, equalize(network, pair));
    if (moved < kStillness) break;
  }
  return pairs.size();
}

}  // namespace akida::quant
