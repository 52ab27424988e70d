// Rounds weights so that outputs stay, instead of each weight to its nearest code.
//
// For inputs x of a filter (as the quantized layers before make them) and float outputs y, its
// quantized weights v are to minimize the variance of v x - y over the samples: the quadratic
// v' H v - 2 v' b with H = cov(x, x) and b = cov(x, y), plus 1 % of H's mean diagonal times
// |v - w|^2 against too few samples. Codes start at the nearest and change one at a time to the
// best integer given the others, sweep by sweep, until none changes: every change lowers the sum.
// The bias then takes the mean error. The objective is that of AdaRound (Nagel et al., "Up or down?
// Adaptive rounding for post-training quantization", 2020), whose relaxation and its random batches
// it does without; codes may move by more than one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "nn/sample_set.h"

namespace akida::quant {

// Codes of one filter of `size` weights. `covariance`, H, is [size][size] and symmetric, `target`
// is b; `codes` are where the search starts, within +-largest, at `step`. Returns the sweeps made.
int round_filter(std::span<const double> covariance, std::span<const double> target, double step,
                 std::int32_t largest, std::span<std::int8_t> codes);

struct RoundingReport {
  std::string layer;
  double error_before = 0;  // sum over filters of the variance of v x - y, over that of y:
  double error_after = 0;   // with nearest codes, and with those chosen
  double changed = 0;       // share of codes that differ from the nearest
};

// `quantized`, a quantized form of `original`, with rounded kernels, one layer after the other:
// weights become c / sf, limits are frozen (kind kFixed; kLsq stays). Of separable layers only the
// pointwise kernel is rounded. DepthwiseConv2D, float layers and rows of more than
// kMaxRoundedInputs elements keep their nearest codes. Throws kInvalid where there are no samples.
inline constexpr std::size_t kMaxRoundedInputs = 4096;
[[nodiscard]] cnn::Network round_adaptively(const cnn::Network& original,
                                            const cnn::Network& quantized,
                                            const nn::SampleSet& samples, int jobs,
                                            std::vector<RoundingReport>* reports = nullptr);

}  // namespace akida::quant
