// SHA-1 (FIPS 180-4): to spread names over sets as published datasets do, not to keep secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace akida {

// The hash of `bytes`, less than 2^61 of them, in the order in which its digits are written.
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::span<const std::byte> bytes);

}  // namespace akida
