// Floating point of 113 bits, for the algebra of boundaries.
//
// Products of a few float32 values are exact in it, and so is a quotient that is an integer: a
// boundary that the formula puts on an integer is not rounded down to the one below. All of it is
// IEEE binary128, so every machine gives the same bits.
#pragma once

#include <cmath>
#include <cstdint>

namespace akida::lower {

#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 Quad;
#else
using Quad = long double;
static_assert(sizeof(Quad) == 16, "no IEEE binary128 on this machine");
#endif

// Of a value > 0 within double's range; exact where the root is a double.
inline Quad square_root(Quad value) {
  Quad root = std::sqrt(static_cast<double>(value));
  for (int i = 0; i < 2; ++i) root = (root + value / root) / 2;  // Newton: 53, 106, 113 bits
  return root;
}

// The largest integer that is not above `value`, saturated at +-2^62.
inline std::int64_t floor_saturated(Quad value) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  if (value >= static_cast<Quad>(kLimit)) return kLimit;
  if (value <= static_cast<Quad>(-kLimit)) return -kLimit;
  const auto truncated = static_cast<std::int64_t>(value);
  return static_cast<Quad>(truncated) > value ? truncated - 1 : truncated;
}

}  // namespace akida::lower
