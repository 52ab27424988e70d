// Counts non-zero levels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace akida::engine {

// In chunks whose count fits a byte, which compilers turn into vectors of bytes.
[[nodiscard]] inline std::size_t count_nonzeros(const std::uint8_t* values, std::size_t count) {
  constexpr std::size_t kChunk = 240;
  std::size_t nonzeros = 0;
  for (std::size_t i = 0; i < count; i += kChunk) {
    const std::size_t end = std::min(count, i + kChunk);
    std::uint8_t found = 0;
    for (std::size_t j = i; j < end; ++j)
      found = static_cast<std::uint8_t>(found + (values[j] != 0));
    nonzeros += found;
  }
  return nonzeros;
}

}  // namespace akida::engine
