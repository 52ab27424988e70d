#include "quant/bias_correction.h"

#include <cmath>

#include "base/error.h"
#include "quant/calibration_pass.h"
#include "quant/layer_bias.h"

namespace akida::quant {
namespace {

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
  cnn::Network result = with_biases(quantized);
  std::vector<std::size_t> corrected, originals;
  for (std::size_t i = 0; i < result.layers().size(); ++i) {
    if (!takes_bias(result.layer(i))) continue;
    corrected.push_back(i);
    originals.push_back(original.find(result.layer(i).name));
  }
  const auto wanted = mean_outputs(original, samples, originals, jobs);
  for (std::size_t k = 0; k < corrected.size(); ++k) {
    const std::vector<double> found = mean_outputs(result, samples, {corrected[k]}, jobs)[0];
    const auto bias = bias_of(result.variables(corrected[k]));
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
