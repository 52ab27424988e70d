#include "data/archive.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "io/zstd.h"
#include "scratch_directory.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

using Bytes = std::vector<std::byte>;

void append(Bytes& bytes, std::string_view text) {
  const auto more = std::as_bytes(std::span(text));
  bytes.insert(bytes.end(), more.begin(), more.end());
}

// A header block of a tar archive (POSIX ustar): octal numbers, the sum of all bytes with blanks in
// the place of the sum.
void append_header(Bytes& bytes, const std::string& name, std::uint64_t size, char type) {
  std::string block(512, '\0');
  block.replace(0, name.size(), name);
  block.replace(100, 7, "0000644");
  block.replace(124, 12, fmt::format("{:011o}", size) + '\0');
  block.replace(136, 12, std::string("00000000000") + '\0');
  block.replace(148, 8, "        ");
  block[156] = type;
  block.replace(257, 8, std::string("ustar\0", 6) + "00");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  block.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  append(bytes, block);
}

void append_file(Bytes& bytes, const std::string& name, const std::string& content) {
  append_header(bytes, name, content.size(), '0');
  append(bytes, content);
  bytes.resize((bytes.size() + 511) / 512 * 512);
}

Bytes example() {
  Bytes bytes;
  append_file(bytes, "a/one.txt", "first");
  append_header(bytes, "a/folder/", 0, '5');
  append_header(bytes, "link", 0, '2');
  append_file(bytes, "../../two\x01.txt", "second");
  bytes.resize(bytes.size() + 1024);
  return bytes;
}

std::string text_of(io::ByteSource& source) {
  const Bytes bytes = io::read_all(source, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("entries stream by in order, folders and links aside, and names are only text") {
  const Bytes bytes = example();
  data::ArchiveReader reader(io::memory_source(bytes, "x.tar"));
  REQUIRE(reader.next());
  CHECK(reader.entry_name() == "x.tar: a/one.txt");
  CHECK(text_of(*reader.content()) == "first");
  REQUIRE(reader.next());
  CHECK(reader.entry() == "../../two?.txt");
  CHECK(text_of(*reader.content()) == "second");
  CHECK_FALSE(reader.next());
}

TEST_CASE("archives are recognised by their beginning") {
  const Bytes tar = example();
  CHECK(data::is_archive(tar));
  CHECK_FALSE(data::is_archive(std::span(tar).first(261)));
  for (const char* text : {"PK\3\4", "\x1F\x8B", "BZh9", "\x28\xB5\x2F\xFD"}) {
    CHECK(data::is_archive(std::as_bytes(std::span(std::string_view(text)))));
  }
  CHECK_FALSE(data::is_archive({}));
}

TEST_CASE("an archive cut within an entry and text are refused") {
  const Bytes bytes = example();
  data::ArchiveReader reader(io::memory_source(std::span(bytes).first(514), "x.tar"));
  REQUIRE(reader.next());
  const auto content = reader.content();
  CHECK_THROWS_WITH(text_of(*content), Contains("x.tar: a/one.txt: archive offset "));
  const std::string text(600, 'x');
  const auto open = [&] {
    (void)data::ArchiveReader(io::memory_source(std::as_bytes(std::span(text)), "x.tar")).next();
  };
  CHECK_THROWS_WITH(open(), Contains("x.tar: archive offset "));
}

TEST_CASE("an archive that unpacks to far more than it holds is refused") {
  Bytes bytes;
  append_header(bytes, "zeros", 1U << 28, '0');
  bytes.resize(bytes.size() + (1U << 28));
  const Bytes packed = io::zstd_compress(bytes);
  REQUIRE(packed.size() < 100000);
  data::ArchiveReader reader(io::memory_source(packed, "x.tar.zst"));
  const auto unpack = [&] {
    REQUIRE(reader.next());
    const auto content = reader.content();
    std::vector<std::byte> buffer(1 << 20);
    while (content->read(buffer) > 0) {
    }
  };
  CHECK_THROWS_WITH(unpack(), Contains("bytes unpack to more than "));
}
