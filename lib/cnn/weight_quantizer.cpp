#include <algorithm>
#include <cmath>

#include "cnn/network.h"
#include "cnn/quantizer.h"

namespace akida::cnn {
namespace {

// Calls visit(element, scale) for the elements of a kernel in order.
template <typename Visit>
void for_each_weight(std::size_t size, std::size_t count, const Visit& visit) {
  if (count == 1) {
    for (std::size_t i = 0; i < size; ++i) visit(i, std::size_t{0});
    return;
  }
  for (std::size_t row = 0; row < size; row += count) {
    for (std::size_t j = 0; j < count; ++j) visit(row + j, j);
  }
}

// Round half to even; |value| is below 2^22. The sum has no bits left for a fraction.
float round_half_even(float value) {
  constexpr float kShift = 12582912.0F;  // 1.5 * 2^23
  return (value + kShift) - kShift;
}

// round(w * sf), within one code of the range: what lies farther out is clipped all the same.
float rounded_code(float weight, float scale, float largest) {
  return round_half_even(std::min(largest + 1, std::max(-largest - 1, weight * scale)));
}

float clipped(float code, float largest) { return std::min(largest, std::max(-largest, code)); }

struct Moments {
  double mean = 0;
  double deviation = 0;  // standard deviation of the population
};

std::vector<Moments> moments(std::span<const float> weights, std::size_t count) {
  std::vector<Moments> result(count);
  const double size = static_cast<double>(weights.size()) / static_cast<double>(count);
  for_each_weight(weights.size(), count,
                  [&](std::size_t i, std::size_t j) { result[j].mean += double{weights[i]}; });
  for (Moments& filter : result) filter.mean /= size;
  for_each_weight(weights.size(), count, [&](std::size_t i, std::size_t j) {
    const double offset = double{weights[i]} - result[j].mean;
    result[j].deviation += offset * offset;
  });
  for (Moments& filter : result) filter.deviation = std::sqrt(filter.deviation / size);
  return result;
}

float threshold_of(const WeightQuantizer& quantizer, std::span<const float> stored) {
  return has_stored_threshold(quantizer.kind) ? stored[0] : quantizer.threshold;
}

bool follows_maximum(QuantizerKind kind) {
  return kind == QuantizerKind::kMax || kind == QuantizerKind::kMaxPerAxis;
}

float scale_factor(float largest, float limit) {
  const float scale = largest / limit;
  return std::isfinite(scale) ? scale : 1.0F;
}

// Gradients with respect to the limits; `gradient` becomes what passes the clipping.
std::vector<double> limit_gradients(std::int32_t bits, std::span<const float> weights,
                                    std::span<const float> limits, std::span<const float> upstream,
                                    std::span<float> gradient) {
  const auto largest = static_cast<float>(largest_code(bits));
  const std::vector<float> scales = scale_factors(bits, limits);
  std::vector<double> sums(limits.size());
  for_each_weight(weights.size(), limits.size(), [&](std::size_t i, std::size_t j) {
    const float rounded = rounded_code(weights[i], scales[j], largest);
    const bool passes = std::abs(rounded) <= largest;
    const double straight = passes ? double{weights[i]} * double{scales[j]} : 0.0;
    sums[j] += double{upstream[i]} * (double{clipped(rounded, largest)} - straight);
    gradient[i] = passes ? upstream[i] : 0.0F;
  });
  for (std::size_t j = 0; j < limits.size(); ++j) {
    // A scale factor that stands in for an infinite one depends on nothing.
    sums[j] = std::isfinite(largest / limits[j]) ? sums[j] / double{largest} : 0.0;
  }
  return sums;
}

// Adds the gradient of the limits max |w| to `gradient`.
void pass_to_maxima(std::span<const float> weights, std::span<const float> limits,
                    std::span<const double> by_limit, std::span<float> gradient) {
  std::vector<double> shares(limits.size());
  const auto is_maximum = [&](std::size_t i, std::size_t j) {
    return std::abs(weights[i]) == limits[j] && limits[j] > 0;
  };
  for_each_weight(weights.size(), limits.size(), [&](std::size_t i, std::size_t j) {
    if (is_maximum(i, j)) ++shares[j];
  });
  for_each_weight(weights.size(), limits.size(), [&](std::size_t i, std::size_t j) {
    if (!is_maximum(i, j)) return;
    const double share = by_limit[j] / shares[j];
    gradient[i] += static_cast<float>(weights[i] > 0 ? share : -share);
  });
}

// Adds the gradient of the limits threshold * deviation to `gradient`.
void pass_to_deviations(std::span<const float> weights, const std::vector<Moments>& filters,
                        float threshold, std::span<const double> by_limit,
                        std::span<float> gradient) {
  const double size = static_cast<double>(weights.size()) / static_cast<double>(filters.size());
  for_each_weight(weights.size(), filters.size(), [&](std::size_t i, std::size_t j) {
    const auto& [mean, deviation] = filters[j];
    if (deviation == 0) return;
    const double slope = (double{weights[i]} - mean) / (size * deviation);
    gradient[i] += static_cast<float>(by_limit[j] * double{threshold} * slope);
  });
}

}  // namespace

bool is_per_filter(QuantizerKind kind) {
  return kind == QuantizerKind::kMaxPerAxis || kind == QuantizerKind::kStdPerAxis ||
         has_stored_limits(kind);
}

bool has_stored_limits(QuantizerKind kind) {
  return kind == QuantizerKind::kFixed || kind == QuantizerKind::kLsq;
}

bool has_stored_threshold(QuantizerKind kind) { return kind == QuantizerKind::kTrainableStd; }

std::vector<float> weight_limits(const WeightQuantizer& quantizer, std::span<const float> weights,
                                 std::size_t count, std::span<const float> stored) {
  if (has_stored_limits(quantizer.kind)) return {stored.begin(), stored.end()};
  std::vector<float> limits(count);
  if (follows_maximum(quantizer.kind)) {
    for_each_weight(weights.size(), count, [&](std::size_t i, std::size_t j) {
      limits[j] = std::max(limits[j], std::abs(weights[i]));
    });
    return limits;
  }
  const std::vector<Moments> filters = moments(weights, count);
  for (std::size_t j = 0; j < count; ++j) {
    limits[j] = threshold_of(quantizer, stored) * static_cast<float>(filters[j].deviation);
  }
  return limits;
}

std::vector<float> scale_factors(std::int32_t bits, std::span<const float> limits) {
  const auto largest = static_cast<float>(largest_code(bits));
  std::vector<float> scales(limits.size());
  std::transform(limits.begin(), limits.end(), scales.begin(),
                 [&](float limit) { return scale_factor(largest, limit); });
  return scales;
}

std::vector<float> scale_factors(const WeightQuantizer& quantizer, std::span<const float> weights,
                                 std::size_t count, std::span<const float> stored) {
  return scale_factors(quantizer.bits, weight_limits(quantizer, weights, count, stored));
}

void weight_codes(std::int32_t bits, std::span<const float> weights, std::span<const float> scales,
                  std::span<std::int8_t> codes) {
  const auto largest = static_cast<float>(largest_code(bits));
  for_each_weight(weights.size(), scales.size(), [&](std::size_t i, std::size_t j) {
    codes[i] =
        static_cast<std::int8_t>(clipped(rounded_code(weights[i], scales[j], largest), largest));
  });
}

void quantize_weights(std::int32_t bits, std::span<const float> weights,
                      std::span<const float> scales, std::span<float> quantized) {
  const auto largest = static_cast<float>(largest_code(bits));
  for_each_weight(weights.size(), scales.size(), [&](std::size_t i, std::size_t j) {
    quantized[i] = clipped(rounded_code(weights[i], scales[j], largest), largest) / scales[j];
  });
}

void weight_gradients(const WeightQuantizer& quantizer, std::span<const float> weights,
                      std::size_t count, std::span<const float> stored,
                      std::span<const float> upstream, std::span<float> gradient,
                      std::span<float> stored_gradient) {
  const std::vector<float> limits = weight_limits(quantizer, weights, count, stored);
  const std::vector<double> by_limit =
      limit_gradients(quantizer.bits, weights, limits, upstream, gradient);
  if (quantizer.kind == QuantizerKind::kFixed) {
    std::ranges::fill(stored_gradient, 0.0F);
  } else if (quantizer.kind == QuantizerKind::kLsq) {
    const double largest = largest_code(quantizer.bits);
    const double size = static_cast<double>(weights.size()) / static_cast<double>(count);
    const double factor = largest * largest / std::sqrt(size * largest);
    std::transform(by_limit.begin(), by_limit.end(), stored_gradient.begin(),
                   [&](double value) { return static_cast<float>(factor * value); });
  } else if (follows_maximum(quantizer.kind)) {
    pass_to_maxima(weights, limits, by_limit, gradient);
  } else {
    const std::vector<Moments> filters = moments(weights, count);
    if (has_stored_threshold(quantizer.kind)) {
      stored_gradient[0] = static_cast<float>(by_limit[0] * filters[0].deviation);
    }
    pass_to_deviations(weights, filters, threshold_of(quantizer, stored), by_limit, gradient);
  }
}

}  // namespace akida::cnn
