#include "base/sha256.h"

#include <catch2/catch.hpp>
#include <string_view>

using namespace akida;

namespace {

// Hashes `text` in pieces of `step` bytes.
std::string hash_of(std::string_view text, std::size_t step) {
  Sha256 hash;
  for (std::size_t at = 0; at < text.size(); at += step) {
    hash.update(std::as_bytes(std::span(text.substr(at, step))));
  }
  return hash.finish();
}

}  // namespace

TEST_CASE("the published examples of SHA-256, in pieces of any size") {
  const std::string_view two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  for (std::size_t step : {1U, 3U, 55U, 64U, 100U}) {
    CHECK(hash_of("abc", step) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash_of(two_blocks, step) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  }
  CHECK(hash_of("", 1) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash_of(std::string(1000000, 'a'), 4096) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
