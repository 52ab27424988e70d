#include "base/sha1.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

using namespace akida;

namespace {

std::string hash_of(const std::string& text) {
  std::string digits;
  for (const std::uint8_t byte : sha1(std::as_bytes(std::span(text)))) {
    digits += fmt::format("{:02x}", byte);
  }
  return digits;
}

}  // namespace

TEST_CASE("the published examples of SHA-1") {
  CHECK(hash_of("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hash_of("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hash_of(std::string(1000000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// Expected values of Python's hashlib: sha1(b'x' * n).
TEST_CASE("SHA-1 of lengths around the end of a block") {
  CHECK(hash_of(std::string(55, 'x')) == "cef734ba81a024479e09eb5a75b6ddae62e6abf1");
  CHECK(hash_of(std::string(56, 'x')) == "901305367c259952f4e7af8323f480d59f81335b");
  CHECK(hash_of(std::string(64, 'x')) == "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163");
}
