#include "data/images/tfrecord.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

std::vector<std::byte> file_of(const std::string& name) {
  const std::string path = std::string(AKIDA_TESTDATA) + "/image-sets/tfrecord/" + name;
  return io::read_all(*io::open_source(path), 1 << 20);
}

// Reads all records; the message of the error, if any.
std::string read(std::span<const std::byte> bytes) {
  data::TfRecordReader reader(io::memory_source(bytes, "a"));
  std::vector<std::byte> record;
  try {
    while (reader.next(record)) {
    }
  } catch (const Error& error) {
    return error.what();
  }
  return std::to_string(reader.records()) + " records";
}

}  // namespace

TEST_CASE("the masked checksum is that of the format") {
  // CRC-32C of "123456789" is 0xE3069283: rotated right by 15 0x2507C60D, plus 0xA282EAD8.
  const std::string text = "123456789";
  CHECK(data::masked_crc32c(std::as_bytes(std::span(text))) == 0xC78AB0E5);
}

TEST_CASE("an independent writer's files have their records") {
  CHECK(read(file_of("validation-00000-of-00002")) == "4 records");
  CHECK(read(file_of("train-00000-of-00003")) == "1 records");
  CHECK(read({}) == "0 records");
}

TEST_CASE("a file cut anywhere but between records is refused with its place") {
  const auto bytes = file_of("train-00000-of-00003");
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    INFO(size);
    REQUIRE_THAT(read(std::span(bytes).first(size)),
                 Contains("a: record 0: offset 0: file is truncated: "));
  }
}

TEST_CASE("every changed byte is found") {
  auto bytes = file_of("train-00000-of-00003");
  for (std::byte& byte : bytes) {
    byte ^= std::byte{4};
    REQUIRE_THAT(read(bytes), Contains("checksum of "));
    byte ^= std::byte{4};
  }
}

TEST_CASE("a record beyond the limit is refused before memory is taken") {
  std::vector<std::byte> bytes(12);
  bytes[5] = std::byte{1};  // 2^40
  const std::uint32_t crc = data::masked_crc32c(std::span(bytes).first(8));
  for (unsigned i = 0; i < 4; ++i) bytes[8 + i] = static_cast<std::byte>(crc >> (8 * i));
  CHECK(read(bytes) == "a: record 0: offset 0: length 1099511627776 exceeds limit 268435456");
}
