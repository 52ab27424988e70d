#include "codec/weight_packing.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida::codec;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes pack(std::vector<std::int8_t> weights, std::int32_t bits) {
  return pack_weights(weights, bits);
}

}  // namespace

TEST_CASE("weights lie low bits first, in two's complement, one bit unsigned") {
  CHECK(pack({1, 0, 0, 0, 0, 0, 0, 0, 1}, 1) == Bytes{0x01, 0x01});
  CHECK(pack({0, 1, 1, 0, 0, 0, 0, 1}, 1) == Bytes{0x86});
  CHECK(pack({1, -1, 0, 1, -1}, 2) == Bytes{0x4D, 0x03});
  CHECK(pack({7, -7, -1}, 4) == Bytes{0x97, 0x0F});
  CHECK(pack({127, -127, -1}, 8) == Bytes{0x7F, 0x81, 0xFF});
  CHECK(pack({}, 4).empty());
}

TEST_CASE("every length and value of every width comes back") {
  for (const std::int32_t bits : {1, 2, 4, 8}) {
    const std::int32_t limit = bits == 1 ? 1 : (1 << (bits - 1)) - 1;
    const std::int32_t low = bits == 1 ? 0 : -limit;
    for (std::size_t length = 0; length < 70; ++length) {
      std::vector<std::int8_t> weights(length);
      for (std::size_t i = 0; i < length; ++i) {
        const auto step = static_cast<std::int32_t>(i * 37 + length * 11);
        weights[i] = static_cast<std::int8_t>(low + step % (limit - low + 1));
      }
      const Bytes packed = pack_weights(weights, bits);
      REQUIRE(packed.size() == packed_size(length, bits));
      REQUIRE(packed.size() == (length * static_cast<std::size_t>(bits) + 7) / 8);
      std::vector<std::int8_t> unpacked(length, 99);
      unpack_weights(packed, bits, unpacked);
      REQUIRE(unpacked == weights);
    }
  }
}

TEST_CASE("bits behind the last element must be zero") {
  std::vector<std::int8_t> weights(5);
  const Bytes dirty = {0x00, 0x04};
  CHECK_THROWS_WITH(unpack_weights(dirty, 2, weights),
                    "byte 1: bits behind the last element are 0x04, not zero");
  const Bytes clean = {0x00, 0x03};
  unpack_weights(clean, 2, weights);
  CHECK(weights.back() == -1);
}

TEST_CASE("only 1, 2 and 4 bits are packed") {
  CHECK(storage_bits(1) == 1);
  CHECK(storage_bits(2) == 2);
  CHECK(storage_bits(3) == 8);
  CHECK(storage_bits(4) == 4);
  CHECK(storage_bits(5) == 8);
  CHECK(storage_bits(8) == 8);
}
