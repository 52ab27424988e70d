// SHA-256 (FIPS 180-4): to recognise files, not to keep secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace akida {

// Hashes bytes as they come; less than 2^61 of them.
class Sha256 {
 public:
  void update(std::span<const std::byte> bytes);

  // The hash of all bytes so far as 64 lower-case hexadecimal digits. Nothing is added afterwards.
  [[nodiscard]] std::string finish();

 private:
  void compress();

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> block_{};
  std::size_t used_ = 0;      // bytes of block_
  std::uint64_t length_ = 0;  // bytes in all
};

}  // namespace akida
