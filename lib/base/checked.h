// Arithmetic on sizes that come from files or command lines: an overflow is an Error, never a
// wrapped value.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace akida {

// a * b; throws kInvalid naming `what` when the product exceeds 64 bits.
[[nodiscard]] inline std::uint64_t checked_mul(std::uint64_t a, std::uint64_t b,
                                               std::string_view what) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) {
    fail(ErrorKind::kInvalid, "{}: {} x {} overflows 64 bits", what, a, b);
  }
  return product;
}

// a + b; throws kInvalid naming `what` when the sum exceeds 64 bits.
[[nodiscard]] inline std::uint64_t checked_add(std::uint64_t a, std::uint64_t b,
                                               std::string_view what) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    fail(ErrorKind::kInvalid, "{}: {} + {} overflows 64 bits", what, a, b);
  }
  return sum;
}

// `value` as To; throws kInvalid naming `what`, the value and the range it left.
template <typename To, typename From>
[[nodiscard]] To checked_cast(From value, std::string_view what) {
  if (!std::in_range<To>(value)) {
    fail(ErrorKind::kInvalid, "{}: {} is outside {}..{}", what, value,
         std::numeric_limits<To>::min(), std::numeric_limits<To>::max());
  }
  return static_cast<To>(value);
}

}  // namespace akida
