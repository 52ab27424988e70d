#include "base/utf8.h"

#include <catch2/catch.hpp>
#include <string>

using akida::find_control_character;
using akida::find_invalid_utf8;

namespace {

constexpr auto kValid = std::string_view::npos;

// The encoding rule of RFC 3629, section 3, without looking at surrogates.
std::string encode(unsigned code) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | (code >> shift & 63)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("every code point but the surrogates is UTF-8 in its one shortest form") {
  for (unsigned code = 0; code < 0x120000; ++code) {
    const bool valid = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    if ((find_invalid_utf8(encode(code)) == kValid) != valid) FAIL("code point " << code);
  }
}

TEST_CASE("overlong, cut and stray bytes are found where they begin") {
  CHECK(find_invalid_utf8("") == kValid);
  CHECK(find_invalid_utf8("ab\xC0\x80") == 2);
  CHECK(find_invalid_utf8("\xE0\x80\xAF") == 0);
  CHECK(find_invalid_utf8("a\xE2\x82") == 1);
  CHECK(find_invalid_utf8("\xC3\xA9\x80") == 2);
  CHECK(find_invalid_utf8("\xF0\x8F\xBF\xBF") == 0);
}

TEST_CASE("a printable text keeps what is one and has a mark for every other byte") {
  CHECK(akida::printable("caf\xC3\xA9 ~") == "caf\xC3\xA9 ~");
  CHECK(akida::printable("a\nb\tc\x7F") == "a?b?c?");
  CHECK(akida::printable("\xFF\xE2\x82\xC3\xA9\x80") == "???\xC3\xA9?");
}

TEST_CASE("control characters are those of ASCII") {
  CHECK(find_control_character("a\tb") == 1);
  CHECK(find_control_character("ab\x7F") == 2);
  CHECK(find_control_character("\xC3\xA9 ~") == kValid);
}
