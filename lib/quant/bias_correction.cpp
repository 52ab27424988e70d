#include "quant/bias_correction.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "quant/calibration_pass.h"

namespace akida::quant {
namespace {

bool is_corrected(const cnn::Layer& layer) {
  return !kernel_quantizers(layer).empty() && layer.type() != cnn::LayerType::kDepthwiseConv2D;
}

std::vector<cnn::Variable>::iterator find_bias(std::vector<cnn::Variable>& variables) {
  return std::find_if(variables.begin(), variables.end(),
                      [](const cnn::Variable& variable) { return variable.name == "bias"; });
}

// The same layer with a bias, of zeros where it had none.
cnn::Layer with_bias(cnn::Layer layer) {
  if (find_bias(layer.variables) != layer.variables.end()) return layer;
  std::visit(
      [](auto& arguments) {
        if constexpr (requires { arguments.use_bias; }) arguments.use_bias = true;
      },
      layer.parameters);
  const auto kernels = std::count_if(
      layer.variables.begin(), layer.variables.end(),
      [](const cnn::Variable& variable) { return variable.name.ends_with("kernel"); });
  layer.variables.insert(std::next(layer.variables.begin(), kernels),
                         {"bias", akida::Dense(DType::kF32, {layer.output_shape.back()})});
  return layer;
}

// Mean output of each filter of every layer of `observed`.
std::vector<std::vector<double>> mean_outputs(const cnn::Network& network,
                                              const nn::SampleSet& samples,
                                              const std::vector<std::size_t>& observed, int jobs) {
  std::vector<std::vector<double>> sums;
  std::vector<double> counts(observed.size());
  for (std::size_t index : observed) {
    sums.emplace_back(static_cast<std::size_t>(network.layer(index).output_shape.back()));
  }
  run_calibration(network, samples, observed, jobs,
                  [&](std::size_t k, std::span<const float> outputs) {
                    std::vector<double>& filters = sums[k];
                    for (std::size_t i = 0; i < outputs.size(); ++i) {
                      filters[i % filters.size()] += double{outputs[i]};
                    }
                    counts[k] += static_cast<double>(outputs.size() / filters.size());
                  });
  for (std::size_t k = 0; k < sums.size(); ++k) {
    for (double& sum : sums[k]) sum /= counts[k];
  }
  return sums;
}

}  // namespace

cnn::Network correct_biases(const cnn::Network& original, const cnn::Network& quantized,
                            const nn::SampleSet& samples, int jobs,
                            std::vector<BiasShift>* shifts) {
  if (samples.size() == 0) fail(ErrorKind::kInvalid, "bias correction needs at least one sample");
  cnn::Network result;
  result.info = quantized.info;
  std::vector<std::size_t> corrected, originals;
  for (const cnn::Layer& layer : quantized.layers()) {
    if (is_corrected(layer)) {
      originals.push_back(original.find(layer.name));
      corrected.push_back(result.add(with_bias(layer)));
    } else {
      result.add(layer);
    }
  }
  const auto wanted = mean_outputs(original, samples, originals, jobs);
  for (std::size_t k = 0; k < corrected.size(); ++k) {
    const std::vector<double> found = mean_outputs(result, samples, {corrected[k]}, jobs)[0];
    const auto bias = find_bias(result.variables(corrected[k]))->value.data<float>();
    double magnitude = 0;
    for (std::size_t j = 0; j < bias.size(); ++j) {
      const double shift = wanted[k][j] - found[j];
      bias[j] = static_cast<float>(double{bias[j]} + shift);
      magnitude += std::abs(shift) / static_cast<double>(bias.size());
    }
    if (shifts != nullptr) shifts->push_back({result.layer(corrected[k]).name, magnitude});
  }
  return result;
}

}  // namespace akida::quant
