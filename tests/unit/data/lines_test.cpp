#include "data/lines.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;

namespace {

// The lines of a file with this content.
std::vector<std::string> lines_of(const std::string& text) {
  data::LineReader reader(io::memory_source(std::as_bytes(std::span(text)), "file"));
  std::vector<std::string> lines;
  for (std::string_view line; reader.next(line);) {
    lines.emplace_back(line);
    CHECK(reader.number() == lines.size());
  }
  return lines;
}

std::vector<std::string> names_of(const std::string& text) {
  return data::read_class_names(io::memory_source(std::as_bytes(std::span(text)), "file"));
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end in newlines of either kind, and the last one may lack its own") {
  CHECK(lines_of("").empty());
  CHECK(lines_of("a\n\r\nb\r\nc") == Strings{"a", "", "b", "c"});
  CHECK(lines_of("a\rb\n") == Strings{"a\rb"});
}

TEST_CASE("lines of every length up to the limit are whole wherever buffers end") {
  constexpr std::size_t kMost = data::LineReader::kMaxLineBytes;
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, kMost - 1, kMost}) {
    const std::string line(length, 'x');
    CHECK(lines_of(line + "\nshort\n" + line + "\n") == Strings{line, "short", line});
  }
  CHECK_THROWS_WITH(lines_of("a\n" + std::string(kMost + 1, 'x')),
                    "file: line 2: line is longer than 65536 bytes, the limit");
}

TEST_CASE("a byte order mark is passed over at the beginning only") {
  CHECK(lines_of("\xEF\xBB\xBFx,y\n1\n") == Strings{"x,y", "1"});
  CHECK(lines_of("a\n\xEF\xBB\xBF"
                 "b\n") == Strings{"a",
                                   "\xEF\xBB\xBF"
                                   "b"});
}

TEST_CASE("class names are lines, as many as a stream can hold") {
  CHECK(names_of("cat\nguide dog\n") == Strings{"cat", "guide dog"});
  std::string most;
  for (int i = 0; i < 65536; ++i) most += "c\n";
  CHECK(names_of(most).size() == 65536);
  CHECK_THROWS_WITH(names_of(most + "c\n"), "file: line 65537: more than 65536 names, the limit");
}
