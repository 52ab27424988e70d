// The float32 step whose boundaries come nearest to the real ones.
#pragma once

#include <cstdint>
#include <span>

#include "snn/bounds.h"

namespace akida::lower {

// A neuron's threshold (within +-2^53) is fixed and its boundaries should be `exact` (rising,
// 2^bits - 1 of them). Returns the float32 > 0 nearest to `step` among those with the fewest
// potentials of `reachable` on the wrong side of a boundary, counted once per boundary. `step` is
// in stored units, the length of an interval at 4 bits; of two equally near ones the smaller.
[[nodiscard]] float matched_step(std::int64_t threshold, std::span<const std::int64_t> exact,
                                 std::int32_t bits, const snn::Range& reachable, double step);

// `step` as a float32 > 0 and finite: rounded to nearest, the ends of the range beyond them.
[[nodiscard]] float nearest_step(double step);

}  // namespace akida::lower
