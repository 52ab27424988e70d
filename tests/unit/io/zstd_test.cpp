#include "io/zstd.h"

#include <zstd.h>

#include <array>
#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/random.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

std::vector<std::byte> noise(std::size_t size, std::uint32_t values) {
  Random random(size);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(values));
  return bytes;
}

}  // namespace

TEST_CASE("a frame gives back what was compressed") {
  for (const std::size_t size : {0, 1, 2, 100, 131072, 3000000, 40000000}) {
    const auto bytes = noise(size, 4);
    const auto frame = io::zstd_compress(bytes);
    REQUIRE((io::zstd_decompress(frame, size) == bytes));
  }
}

TEST_CASE("content above the limit is refused whether or not the frame says its size") {
  const auto bytes = noise(100000, 4);
  CHECK_THROWS_WITH(io::zstd_decompress(io::zstd_compress(bytes), 99999),
                    "zstd: content of 100000 bytes exceeds limit 99999");

  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::vector<std::byte> frame(ZSTD_compressBound(bytes.size()));
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  CHECK((io::zstd_decompress(frame, 100000) == bytes));
  CHECK_THROWS_WITH(io::zstd_decompress(frame, 99999),
                    "zstd: content exceeds limit of 99999 bytes");
}

TEST_CASE("no more content is taken from a frame than the best compressible bytes give") {
  const std::vector<std::byte> zeros(std::size_t{1} << 25);
  const auto frame = io::zstd_compress(zeros);
  CHECK(zeros.size() > frame.size() * io::kMaxZstdRatio / 2);
  CHECK((io::zstd_decompress(frame, zeros.size()) == zeros));

  // Single segment, content checksum, content size in 4 bytes: 9 bytes that declare 9 * 2^15 + 1.
  const std::array<unsigned char, 9> header = {0x28, 0xB5, 0x2F, 0xFD, 0xA4, 1, 0x80, 4, 0};
  CHECK_THROWS_WITH(io::zstd_decompress(std::as_bytes(std::span(header)), 1U << 29),
                    "zstd: content of 294913 bytes exceeds 294912, 32768 times the frame's 9");
}

TEST_CASE("a frame without checksum, followed by bytes, or cut short is refused") {
  const auto bytes = noise(1000, 4);
  std::vector<std::byte> plain(ZSTD_compressBound(bytes.size()));
  plain.resize(ZSTD_compress(plain.data(), plain.size(), bytes.data(), bytes.size(), 1));
  CHECK_THROWS_WITH(io::zstd_decompress(plain, 1000), "zstd: frame has no content checksum");
  CHECK(io::zstd_decompress(plain, 1000, io::ZstdChecksum::kOptional) == bytes);

  auto frame = io::zstd_compress(bytes);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CHECK_THROWS_AS(io::zstd_decompress(std::span(frame).first(size), 1000), Error);
  }
  CHECK_THROWS_WITH(io::zstd_decompress(std::span(frame).first(5), 1000),
                    "zstd: frame of 5 bytes has a damaged or truncated header");
  frame.push_back(std::byte{0});
  CHECK_THROWS_WITH(io::zstd_decompress(frame, 1000), "zstd: 1 bytes follow the frame");
}

TEST_CASE("every damaged byte of a frame is an error or changes nothing") {
  const auto bytes = noise(500, 4);
  const auto frame = io::zstd_compress(bytes);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = frame;
      damaged[i] ^= std::byte{1} << bit;
      try {
        if (io::zstd_decompress(damaged, 500) != bytes) FAIL("byte " << i << " bit " << bit);
      } catch (const Error&) {
      }
    }
  }
}
