// Where a neuron's level changes: DESIGN section 6, "Activation".
#pragma once

#include <cstdint>

namespace akida::snn {

// Boundary n (0 <= n <= 2^bits - 2) of a neuron: its level is the number of boundaries that its
// potential exceeds, level >= n + 1 iff p > boundary. Equals
//   floor(double(threshold) + n * double(step) * 2^(4 - bits)),
// the product exact, the sum rounded once, kept in 64 bits and saturated at +-2^62.
// Source: "T + n*s < p <= T + (n+1)*s => response Q[n]" (Akida user guide, activation).
// The threshold is within +-2^53; bits is 1..8; step is > 0 and finite.
[[nodiscard]] std::int64_t activation_boundary(std::int64_t threshold, float step,
                                               std::int32_t bits, std::int32_t n);

}  // namespace akida::snn
