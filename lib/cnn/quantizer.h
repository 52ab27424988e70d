// The mathematics of weight and activation quantizers: scale factors, codes, values, gradients.
//
// Source: the documented quantizers of the CNN2SNN toolkit, bit for bit in float32; learned limits
// after Esser et al., "Learned step size quantization" (LSQ), 2020. All are pure functions.
//
// Weights, with b bits and a limit `lim` (see QuantizerKind) of the whole kernel or of one filter:
//   kmax = 2^(b-1) - 1
//   sf   = kmax / lim                                   the scale factor
//   c    = clip(round_half_even(w * sf), -kmax, kmax)   the code
//   w_q  = c / sf                                       the quantized weight
// Where lim is 0 or so small that sf is not finite, sf is 1 (so all codes are 0).
//
// Kernels are row-major with the filters last: element i belongs to scale factor i % count, where
// count is 1 or the number of filters. A depthwise kernel [h, w, channels, 1] has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cnn/network_layer.h"

namespace akida::cnn {

// True where every filter has a limit of its own: kMaxPerAxis, kStdPerAxis, kFixed, kLsq.
[[nodiscard]] bool is_per_filter(QuantizerKind kind);

// Whether the quantizer has a variable: limits (kFixed, kLsq) or a threshold (kTrainableStd).
[[nodiscard]] bool has_stored_limits(QuantizerKind kind);
[[nodiscard]] bool has_stored_threshold(QuantizerKind kind);

// 2^(bits-1) - 1, the largest code.
[[nodiscard]] constexpr std::int32_t largest_code(std::int32_t bits) {
  return (1 << (bits - 1)) - 1;
}

// `count` limits, rounded once to float32. `stored` holds the elements of the quantizer's own
// variable, and nothing for a quantizer without; so it does below. Standard deviations are those
// of the whole population.
[[nodiscard]] std::vector<float> weight_limits(const WeightQuantizer& quantizer,
                                               std::span<const float> weights, std::size_t count,
                                               std::span<const float> stored);

// The scale factors of limits.
[[nodiscard]] std::vector<float> scale_factors(std::int32_t bits, std::span<const float> limits);

// weight_limits and scale_factors in one.
[[nodiscard]] std::vector<float> scale_factors(const WeightQuantizer& quantizer,
                                               std::span<const float> weights, std::size_t count,
                                               std::span<const float> stored);

// Codes and quantized weights; outputs have the size of `weights`.
void weight_codes(std::int32_t bits, std::span<const float> weights, std::span<const float> scales,
                  std::span<std::int8_t> codes);
void quantize_weights(std::int32_t bits, std::span<const float> weights,
                      std::span<const float> scales, std::span<float> quantized);

// Straight-through gradients. `upstream` is the gradient with respect to the quantized weights,
// `gradient` receives the one with respect to the weights (it may be the same memory). Rounding
// counts as identity; clipping blocks where round(w * sf) is outside -kmax..kmax. The scale factor
// depends on the weights: its gradient is passed on to the largest weights (shared among equal
// ones), or through the standard deviation.
// `stored_gradient` is as long as `stored` and receives the gradient of the quantizer's variable:
// of the threshold (kTrainableStd), 0 (kFixed), or for kLsq LSQ's gradient of the step lim / kmax
// with its scale 1 / sqrt(weights of the filter * kmax), times kmax, so that plain gradient
// descent on the limit moves the step exactly as LSQ does.
void weight_gradients(const WeightQuantizer& quantizer, std::span<const float> weights,
                      std::size_t count, std::span<const float> stored,
                      std::span<const float> upstream, std::span<float> gradient,
                      std::span<float> stored_gradient);

// y = step * clip(ceil((x - threshold) / step), 0, 2^bits - 1), in float32.
struct ActivationQuantizer {
  std::int32_t bits = 1;
  float threshold = 0.5F;
  float step = 1.0F;

  [[nodiscard]] std::int32_t levels() const { return (1 << bits) - 1; }

  bool operator==(const ActivationQuantizer&) const = default;
};

// With threshold = step / 2 and step = max_value / levels.
[[nodiscard]] ActivationQuantizer ranged_activation(std::int32_t bits, float max_value);

// ranged_activation with the documented maximum min(levels, 6).
[[nodiscard]] ActivationQuantizer discrete_relu(std::int32_t bits);

// Levels and values of activations; outputs have the size of `inputs`. NaN has level 0.
void activation_levels(const ActivationQuantizer& quantizer, std::span<const float> inputs,
                       std::span<std::uint8_t> levels);
void quantize_activations(const ActivationQuantizer& quantizer, std::span<const float> inputs,
                          std::span<float> outputs);

struct ActivationGradients {
  double threshold = 0;
  double step = 0;
};

// Straight-through gradients: `gradient` (it may be the memory of `upstream`) receives `upstream`
// where threshold - step < x <= threshold + levels * step, else 0. Returned are the sums over all
// elements of upstream times d y / d threshold = -m and d y / d step = n - m * (x - threshold) /
// step, with the level n and the mask m.
ActivationGradients activation_gradients(const ActivationQuantizer& quantizer,
                                         std::span<const float> inputs,
                                         std::span<const float> upstream,
                                         std::span<float> gradient);

}  // namespace akida::cnn
