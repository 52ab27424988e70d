#include <algorithm>

#include "cnn/quantizer.h"

namespace akida::cnn {
namespace {

constexpr float kDocumentedMaximum = 6.0F;

// ceil((x - threshold) / step), within -1..levels + 1: what lies farther out is clipped all the
// same. NaN gives -1.
std::int32_t unclipped_level(const ActivationQuantizer& quantizer, float input) {
  const auto top = static_cast<float>(quantizer.levels() + 1);
  const float position =
      std::min(top, std::max(-1.0F, (input - quantizer.threshold) / quantizer.step));
  const auto truncated = static_cast<std::int32_t>(position);
  return truncated + (static_cast<float>(truncated) < position ? 1 : 0);
}

std::int32_t level(const ActivationQuantizer& quantizer, float input) {
  return std::clamp(unclipped_level(quantizer, input), 0, quantizer.levels());
}

}  // namespace

ActivationQuantizer ranged_activation(std::int32_t bits, float max_value) {
  ActivationQuantizer quantizer{.bits = bits};
  quantizer.step = max_value / static_cast<float>(quantizer.levels());
  quantizer.threshold = quantizer.step / 2;
  return quantizer;
}

ActivationQuantizer discrete_relu(std::int32_t bits) {
  const auto levels = static_cast<float>(ActivationQuantizer{.bits = bits}.levels());
  return ranged_activation(bits, std::min(levels, kDocumentedMaximum));
}

void activation_levels(const ActivationQuantizer& quantizer, std::span<const float> inputs,
                       std::span<std::uint8_t> levels) {
  std::transform(inputs.begin(), inputs.end(), levels.begin(),
                 [&](float input) { return static_cast<std::uint8_t>(level(quantizer, input)); });
}

void quantize_activations(const ActivationQuantizer& quantizer, std::span<const float> inputs,
                          std::span<float> outputs) {
  std::transform(inputs.begin(), inputs.end(), outputs.begin(), [&](float input) {
    return quantizer.step * static_cast<float>(level(quantizer, input));
  });
}

ActivationGradients activation_gradients(const ActivationQuantizer& quantizer,
                                         std::span<const float> inputs,
                                         std::span<const float> upstream,
                                         std::span<float> gradient) {
  ActivationGradients sums;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::int32_t unclipped = unclipped_level(quantizer, inputs[i]);
    const std::int32_t clipped = std::clamp(unclipped, 0, quantizer.levels());
    const double weight = double{upstream[i]};
    sums.step += weight * clipped;
    if (unclipped == clipped) {
      sums.threshold -= weight;
      sums.step -=
          weight * (double{inputs[i]} - double{quantizer.threshold}) / double{quantizer.step};
    }
    gradient[i] = unclipped == clipped ? upstream[i] : 0.0F;
  }
  return sums;
}

}  // namespace akida::cnn
