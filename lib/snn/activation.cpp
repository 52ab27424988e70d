#include "snn/activation.h"

#include <cmath>

namespace akida::snn {

std::int64_t activation_boundary(std::int64_t threshold, float step, std::int32_t bits,
                                 std::int32_t n) {
  // A float32 has 24 significant bits and n at most 8, so the product is exact in a double.
  const double distance = n * std::ldexp(double{step}, 4 - bits);
  const double boundary = std::floor(static_cast<double>(threshold) + distance);
  constexpr double kLimit = 0x1p62;
  if (boundary >= kLimit) return std::int64_t{1} << 62;
  if (boundary <= -kLimit) return -(std::int64_t{1} << 62);
  return static_cast<std::int64_t>(boundary);
}

}  // namespace akida::snn
