// Counts levels by a property.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace akida::engine {

// How many of the values `test` holds for, in chunks whose count fits a byte: compilers turn them
// into vectors of bytes.
template <typename Test>
[[nodiscard]] std::size_t count_if_byte(const std::uint8_t* values, std::size_t count, Test test) {
  constexpr std::size_t kChunk = 240;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; i += kChunk) {
    const std::size_t end = std::min(count, i + kChunk);
    std::uint8_t found = 0;
    for (std::size_t j = i; j < end; ++j)
      found = static_cast<std::uint8_t>(found + test(values[j]));
    sum += found;
  }
  return sum;
}

[[nodiscard]] inline std::size_t count_nonzeros(const std::uint8_t* values, std::size_t count) {
  return count_if_byte(values, count, [](std::uint8_t value) { return value != 0; });
}

}  // namespace akida::engine
