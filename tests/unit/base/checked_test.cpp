#include "base/checked.h"

#include <catch2/catch.hpp>

using namespace akida;

namespace {

constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("products and sums up to 64 bits are exact, one more is an error that names them") {
  CHECK(checked_mul(0xFFFFFFFF, 0x100000001, "bytes") == kMax);  // (2^32 - 1)(2^32 + 1)
  CHECK(checked_mul(kMax, 0, "bytes") == 0);
  CHECK_THROWS_WITH(checked_mul(0x100000000, 0x100000000, "bytes"),
                    "bytes: 4294967296 x 4294967296 overflows 64 bits");
  CHECK(checked_add(kMax - 1, 1, "bytes") == kMax);
  CHECK_THROWS_WITH(checked_add(kMax, 1, "bytes"),
                    "bytes: 18446744073709551615 + 1 overflows 64 bits");
}

TEST_CASE("casts keep values in range and name value and range of others") {
  CHECK(checked_cast<std::int32_t>(std::int64_t{-2147483648}, "side") == -2147483647 - 1);
  CHECK(checked_cast<std::uint64_t>(std::int32_t{7}, "side") == 7);
  CHECK_THROWS_WITH(checked_cast<std::int32_t>(std::uint64_t{2147483648}, "side"),
                    "side: 2147483648 is outside -2147483648..2147483647");
  CHECK_THROWS_WITH(checked_cast<std::uint64_t>(-1, "side"),
                    "side: -1 is outside 0..18446744073709551615");
}
