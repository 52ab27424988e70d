// Streams that are broken: cut short, damaged, hostile. And streams that are not, written by
// another program from the specification alone.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "failed_table.h"
#include "io/batch.h"
#include "stream_checksums.h"
#include "stream_examples.h"

using namespace akida;
using namespace stream_examples;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = AKIDA_TESTDATA;

std::vector<std::byte> read_file(const fs::path& path) {
  return io::read_all(*io::open_source(path.string()), 1 << 20);
}

Example decode(std::span<const std::byte> bytes, const std::string& name = "memory") {
  const auto source = io::memory_source(bytes, name);
  io::StreamReader reader(*source);
  Example example{reader.header(), {}};
  io::Batch batch;
  while (reader.next(batch)) io::append(reader.header(), batch, 0, batch.size, example.batch);
  return example;
}

// The message of the error, or what was read instead.
std::string error_of(const fs::path& path) {
  try {
    const Example read = decode(read_file(path), path.filename().string());
    return fmt::format("no error, {} samples", read.batch.size);
  } catch (const Error& error) {
    return error.what();
  }
}

// "" when `bytes` are refused or hold exactly `original`, else what happened.
std::string fault_of(const std::vector<std::byte>& bytes, const Example& original) {
  try {
    const Example read = decode(bytes);
    const bool equal = read.header == original.header && read.batch == original.batch;
    return equal ? "" : "altered content";
  } catch (const Error&) {
    return "";
  }
}

}  // namespace

TEST_CASE("every broken stream is refused with the message its table states") {
  std::set<std::string> listed;
  for (const auto& [file, message] : failed_table(kTestdata / "failed" / "README.md", {".aks"})) {
    listed.insert(file);
    const std::string error = error_of(kTestdata / "failed" / file);
    INFO(file << ": " << error);
    CHECK(error.starts_with(file + ": offset "));
    CHECK(error.ends_with(": " + message));
  }
  for (const auto& entry : fs::directory_iterator(kTestdata / "failed")) {
    if (entry.path().extension() != ".aks") continue;
    INFO(entry.path());
    CHECK(listed.contains(entry.path().filename().string()));
  }
  CHECK(listed.size() > 60);
}

TEST_CASE("a dense stream of another writer is read, and written alike") {
  const auto bytes = read_file(kTestdata / "streams" / "dense-class.aks");
  Example expected;
  expected.header.shape = {.width = 3, .height = 2, .channels = 1};
  expected.header.labels = io::LabelKind::kClass;
  expected.header.class_names = {"cat", "dog"};
  expected.header.scale = 0.5F;
  expected.batch.size = 2;
  expected.batch.ids = {"a", "\xC3\xA4"};
  expected.batch.classes = {1, -1};
  const std::vector<std::uint8_t> pixels = {0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0};
  expected.batch.dense = Dense::from<std::uint8_t>(pixels, {2, 2, 3, 1});
  const Example read = decode(bytes);
  CHECK((read.header == expected.header));
  CHECK((read.batch == expected.batch));
  CHECK((encode(expected.header, {expected.batch}) == bytes));
}

TEST_CASE("raw events of another writer are read, and written alike") {
  const auto bytes = read_file(kTestdata / "streams" / "raw-events-boxes.aks");
  Example expected;
  expected.header.kind = io::StreamKind::kRawEvents;
  expected.header.shape = {.width = 3, .height = 2, .channels = 2};
  expected.header.labels = io::LabelKind::kBoxes;
  expected.batch.size = 2;
  expected.batch.ids = {"0", "1"};
  expected.batch.boxes = {{{}, 640, 480}, {{{0.25F, 1, 2.5F, 1, 7, true}}, 640, 480}};
  expected.batch.event_counts = {0, 2};
  expected.batch.events = {{0, 1, 0, 1, -3}, {1, 2, 1, 255, 1LL << 40}};
  const Example read = decode(bytes);
  CHECK((read.header == expected.header));
  CHECK((read.batch == expected.batch));
  CHECK((encode(expected.header, {expected.batch}) == bytes));
}

TEST_CASE("every prefix of a stream is refused") {
  for (const bool compress : {false, true}) {
    for (const Example& example : all(20, "p")) {
      const auto bytes = encode(example.header, {example.batch}, compress);
      for (std::size_t size = 0; size < bytes.size(); ++size) {
        const std::span<const std::byte> prefix(bytes.data(), size);
        REQUIRE_THROWS_WITH(decode(prefix), Catch::Matchers::Contains("truncated"));
      }
    }
  }
}

TEST_CASE("a damaged byte is an error or changes nothing") {
  std::vector<std::pair<Example, std::vector<std::byte>>> streams;
  for (const bool compress : {false, true}) {
    for (const Example& example : all(20, "p")) {
      streams.emplace_back(example, encode(example.header, {example.batch}, compress));
    }
  }
  Random random(20240229);
  for (int round = 0; round < 10000; ++round) {
    const auto& [original, bytes] = streams[static_cast<std::size_t>(round) % streams.size()];
    auto damaged = bytes;
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
    damaged[at] ^= static_cast<std::byte>(1 + random.below(255));
    const std::string fault = fault_of(damaged, original);
    if (!fault.empty()) FAIL("round " << round << ", byte " << at << ": " << fault);
  }
}

TEST_CASE("every damaged byte of headers and frame headers is an error") {
  const Example example = make(io::StreamKind::kEvents, DType::kU8, io::LabelKind::kClass, 1, "id");
  const auto bytes = encode(example.header, {example.batch}, true);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 1; value < 256; ++value) {
      auto damaged = bytes;
      damaged[at] ^= static_cast<std::byte>(value);
      REQUIRE_THROWS_AS(decode(damaged), Error);
    }
  }
}

TEST_CASE("damage behind right checksums is an error or samples that can be written") {
  std::vector<std::vector<std::byte>> streams;
  for (const Example& example : all(3, "p")) {
    streams.push_back(encode(example.header, {example.batch}));
  }
  Random random(7);
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    auto bytes = streams[static_cast<std::size_t>(round) % streams.size()];
    for (std::uint32_t flips = 1 + random.below(3); flips > 0; --flips) {
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
      bytes[at] = static_cast<std::byte>(random.below(256));
    }
    Example first;
    try {
      first = decode(with_right_checksums(std::move(bytes)));
    } catch (const Error&) {
      continue;
    }
    ++read;
    const Example second = decode(encode(first.header, {first.batch}));
    // Targets may be NaN, which differs from itself.
    if (first.header.targets == 0 && !(first.batch == second.batch)) FAIL("round " << round);
  }
  CHECK(read > 1000);
}
