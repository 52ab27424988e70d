// Weights of 1, 2 and 4 bits packed into bytes, as model files store them.
//
// Elements follow the tensor's flat order, low bits first: element i of b bits occupies bits
// (i * b) % 8 .. (i * b) % 8 + b - 1 of byte i * b / 8. Two's complement; 1 bit is {0, 1}.
// Bits behind the last element are zero.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace akida::codec {

// Bits that an element of a layer with `weights_bits` (1..8) takes: 1, 2 and 4 are packed, the
// rest are whole bytes.
[[nodiscard]] constexpr std::int32_t storage_bits(std::int32_t weights_bits) {
  return weights_bits == 1 || weights_bits == 2 || weights_bits == 4 ? weights_bits : 8;
}

// Bytes that `count` elements of `bits` bits take.
[[nodiscard]] constexpr std::uint64_t packed_size(std::uint64_t count, std::int32_t bits) {
  const auto per_byte = static_cast<std::uint64_t>(8 / bits);
  return count / per_byte + (count % per_byte != 0 ? 1 : 0);
}

// `bits` is 1, 2, 4 or 8; every weight must lie in the range of `bits`.
[[nodiscard]] std::vector<std::uint8_t> pack_weights(std::span<const std::int8_t> weights,
                                                     std::int32_t bits);

// Fills `weights` from exactly packed_size(weights.size(), bits) bytes. Throws kFormat, naming the
// byte, when bits behind the last element are not zero.
void unpack_weights(std::span<const std::uint8_t> packed, std::int32_t bits,
                    std::span<std::int8_t> weights);

}  // namespace akida::codec
