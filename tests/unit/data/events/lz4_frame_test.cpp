#include "data/events/lz4_frame.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "io/bytes.h"

using namespace akida;

namespace {

// `lz4` 1.9.4 of 1000 bytes 'a' (-1, with content checksum), as hexadecimal digits.
constexpr std::string_view kFrame =
    "04224d186440a70e0000001f610100ffffffd250616161616100000000862be837";

std::vector<std::byte> frame() {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < kFrame.size(); i += 2) {
    bytes.push_back(
        static_cast<std::byte>(std::stoi(std::string(kFrame.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string error_of(std::vector<std::byte> bytes, std::uint64_t limit = 1 << 20) {
  try {
    (void)data::Lz4Decoder().decompress(bytes, limit);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("a frame of the lz4 program is decompressed") {
  if (error_of(frame()).find("liblz4 was missing") != std::string::npos) return;
  data::Lz4Decoder decoder;
  CHECK_THROWS_AS(decoder.decompress(std::vector<std::byte>(20), 1000), Error);
  for (int round = 0; round < 2; ++round) {  // also after an error
    const auto content = decoder.decompress(frame(), 1000);
    CHECK(std::vector(content.begin(), content.end()) ==
          std::vector<std::byte>(1000, std::byte{'a'}));
  }
}

TEST_CASE("frames that are too large, cut, followed or damaged are refused") {
  if (error_of(frame()).find("liblz4 was missing") != std::string::npos) return;
  CHECK(error_of(frame(), 999) == "LZ4: content exceeds limit of 999 bytes");
  auto cut = frame();
  cut.resize(20);
  CHECK(error_of(cut) == "LZ4: frame is truncated after 20 bytes");
  auto more = frame();
  more.push_back(std::byte{});
  CHECK(error_of(more) == "LZ4: 1 bytes follow the frame");
  auto damaged = frame();
  damaged[6] ^= std::byte{1};
  CHECK(error_of(damaged).starts_with("LZ4: frame of "));
  CHECK(error_of({}) == "LZ4: frame is truncated after 0 bytes");
}
