#include "base/crc32c.h"

#include <catch2/catch.hpp>
#include <string_view>
#include <vector>

using namespace akida;

namespace {
std::uint32_t crc_of(std::string_view text) { return crc32c(std::as_bytes(std::span(text))); }
}  // namespace

// Values of RFC 3720, appendix B.4.
TEST_CASE("CRC-32C gives the published values") {
  CHECK(crc_of("123456789") == 0xE3069283);
  CHECK(crc32c(std::vector<std::byte>(32, std::byte{0})) == 0x8A9136AA);
  CHECK(crc32c(std::vector<std::byte>(32, std::byte{0xFF})) == 0x62A8AB43);
  CHECK(crc_of("") == 0);
}

TEST_CASE("CRC-32C continues over pieces of any size") {
  const std::string_view text = "the quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const auto bytes = std::as_bytes(std::span(text));
    CHECK(crc32c(bytes.subspan(cut), crc32c(bytes.first(cut))) == crc_of(text));
  }
}
