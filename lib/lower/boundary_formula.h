// The real boundaries of one filter: what its quantized Keras layers compute, seen as potentials.
#pragma once

#include <cstdint>

#include "lower/quad.h"

namespace akida::lower {

// What an integer input u means: x = (u * unit - shift) / divisor. Samples scaled by (a, b) have
// {1, b, a}, a Rescaling layer {scale, -offset, 1}, levels that are worth h each {h, 0, 1}.
struct InputScale {
  double unit = 1;  // > 0
  double shift = 0;
  double divisor = 1;  // > 0
};

// The numbers of a filter that computes
//   y = gamma * (sum(c * x) / weight_scale + bias - mean) / sqrt(variance + epsilon) + beta.
struct FilterTerms {
  double weight_scale = 1;  // > 0: integer weight = weight * scale
  double bias = 0;
  double gamma = 1;  // not 0
  double beta = 0;
  double mean = 0;
  double variance = 1;
  double epsilon = 0;         // variance + epsilon > 0
  std::int64_t code_sum = 0;  // of the integer weights, before any flip of signs
};

// Where y passes threshold + n * step, as a potential P = sum(c * u) whose c have their signs
// flipped where gamma is negative: y > threshold + n * step <=> P > at(n). P is summed over `cells`
// positions where the filter averages over them.
class BoundaryFormula {
 public:
  BoundaryFormula(const InputScale& input, const FilterTerms& filter, std::int64_t cells,
                  double threshold, double step);

  [[nodiscard]] Quad at(std::int32_t n) const { return (first_ + n * length_) / divisor_; }
  [[nodiscard]] std::int64_t floor_at(std::int32_t n) const { return floor_saturated(at(n)); }
  [[nodiscard]] double threshold() const { return static_cast<double>(at(0)); }
  [[nodiscard]] double step() const { return static_cast<double>(length_ / divisor_); }
  [[nodiscard]] double inverse_step() const { return static_cast<double>(divisor_ / length_); }

 private:
  // One division at the end keeps integers exact.
  Quad first_;
  Quad length_;
  Quad divisor_;
};

}  // namespace akida::lower
