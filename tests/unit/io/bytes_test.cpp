#include "io/bytes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "scratch_directory.h"

using namespace akida;
namespace fs = std::filesystem;

namespace {

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("peeked bytes are read again and offsets count consumed bytes") {
  const std::string text = "0123456789";
  const auto source = io::memory_source(as_bytes(text));
  CHECK(source->peek(3).size() == 3);
  CHECK(source->offset() == 0);
  std::array<std::byte, 2> two{};
  CHECK(io::read_full(*source, two) == 2);
  CHECK(source->peek(100).size() == 8);
  const auto rest = io::read_all(*source, 8);
  CHECK(std::string(reinterpret_cast<const char*>(rest.data()), rest.size()) == "23456789");
  CHECK(source->offset() == 10);
  CHECK(source->peek(1).empty());
}

TEST_CASE("read_all refuses one byte more than its limit") {
  const std::string text = "0123456789";
  CHECK(io::read_all(*io::memory_source(as_bytes(text)), 10).size() == 10);
  CHECK_THROWS_WITH(io::read_all(*io::memory_source(as_bytes(text), "x"), 9),
                    "x: more than 9 bytes, the limit");
}

TEST_CASE("reading a file takes memory for the file, not for the limit") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "file";
  for (const std::size_t size : {std::size_t{1}, std::size_t{3} << 20}) {
    std::ofstream(path, std::ios::binary) << std::string(size, 'x');
    const auto source = io::open_source(path);
    CHECK(source->size_hint() == size);
    const std::vector<std::byte> bytes = io::read_all(*source, 1 << 30);
    CHECK(bytes.size() == size);
    CHECK(bytes.capacity() == size);
  }
  CHECK(io::open_source("/dev/null")->size_hint() == 0);
}

TEST_CASE("a missing file and a folder are refused by name") {
  CHECK_THROWS_WITH(io::open_source("/nonexistent/file"),
                    "/nonexistent/file: cannot open: No such file or directory");
  CHECK_THROWS_WITH(io::open_source("/tmp"), "/tmp: cannot open: is a directory");
  CHECK_THROWS_WITH(io::open_sink("/nonexistent/file"),
                    "/nonexistent/file: cannot create: No such file or directory");
  CHECK_THROWS_WITH(io::open_sink(""), "'': cannot create: the name is empty");
}

TEST_CASE("a file appears under its name only when it is closed") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "out.bin";
  const auto sink = io::open_sink(path);
  sink->write("hello");
  CHECK_FALSE(fs::exists(path));
  CHECK(entries(scratch.path()) == 1);
  sink->close();
  CHECK(slurp(path) == "hello");
  CHECK(entries(scratch.path()) == 1);
}

TEST_CASE("a sink destroyed before close leaves the old file and no temporary") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "out.bin";
  std::ofstream(path) << "old";
  {
    const auto sink = io::open_sink(path);
    sink->write(std::string(300000, 'x'));
  }
  CHECK(slurp(path) == "old");
  CHECK(entries(scratch.path()) == 1);
}

TEST_CASE("unlink_temporaries removes what is open and nothing else") {
  const ScratchDirectory scratch;
  const auto first = io::open_sink(scratch / "first");
  const auto second = io::open_sink(scratch / "second");
  first->close();
  CHECK(entries(scratch.path()) == 2);
  io::unlink_temporaries();
  CHECK(entries(scratch.path()) == 1);
  CHECK(fs::exists(scratch / "first"));
}

TEST_CASE("replacing a file keeps its permissions and follows a symbolic link") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "target";
  std::ofstream(path) << "old";
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  fs::create_symlink(path, scratch / "link");
  const auto sink = io::open_sink(scratch / "link");
  sink->write("new");
  sink->close();
  CHECK(slurp(path) == "new");
  CHECK(fs::is_symlink(scratch / "link"));
  CHECK((fs::status(path).permissions() & fs::perms::all) == fs::perms(0640));
}

TEST_CASE("what replaces a private file is private from the start") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "target";
  std::ofstream(path) << "old";
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const auto sink = io::open_sink(path);
  REQUIRE(entries(scratch / "") == 2);
  for (const auto& entry : fs::directory_iterator(scratch / "")) {
    CHECK((entry.status().permissions() & fs::perms::all) == fs::perms(0600));
  }
}

TEST_CASE("a dangling symbolic link is followed to the file that it will name") {
  const ScratchDirectory scratch;
  fs::create_directory(scratch / "folder");
  fs::create_symlink("folder/middle", scratch / "link");
  fs::create_symlink("target", scratch / "folder/middle");
  const auto sink = io::open_sink(scratch / "link");
  CHECK(entries(scratch / "folder") == 2);  // the second link and the temporary
  sink->write("new");
  sink->close();
  CHECK(fs::is_symlink(scratch / "link"));
  CHECK(fs::is_symlink(scratch / "folder/middle"));
  CHECK(slurp(scratch / "folder/target") == "new");

  fs::create_symlink("loop", scratch / "loop");
  CHECK_THROWS_WITH(io::open_sink(scratch / "loop"),
                    (scratch / "loop") + ": cannot create: Too many levels of symbolic links");
}

TEST_CASE("a full device is an error of write or close") {
  const auto sink = io::open_sink("/dev/full");
  sink->write("data");
  CHECK_THROWS_WITH(sink->close(), "/dev/full: cannot write: No space left on device");
}

TEST_CASE("large and small writes keep their order") {
  const ScratchDirectory scratch;
  const std::string path = scratch / "out.bin";
  std::string expected;
  const auto sink = io::open_sink(path);
  for (const std::size_t size : {1, 70000, 10, 65535, 2, 65536, 3, 200000}) {
    const std::string part(size, static_cast<char>('a' + size % 26));
    sink->write(part);
    expected += part;
  }
  sink->close();
  CHECK((slurp(path) == expected));
}
