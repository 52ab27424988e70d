#include "io/stream.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "io/batch.h"
#include "stream_examples.h"

using namespace akida;
using namespace stream_examples;
using Catch::Matchers::Contains;

namespace {

// The whole stream as one batch; ids are always there.
Example decode(std::span<const std::byte> bytes) {
  const auto source = io::memory_source(bytes);
  io::StreamReader reader(*source);
  Example example{reader.header(), {}};
  io::Batch batch;
  while (reader.next(batch)) io::append(reader.header(), batch, 0, batch.size, example.batch);
  CHECK_FALSE(reader.next(batch));
  return example;
}

io::Batch with_default_ids(io::Batch batch) {
  for (std::size_t i = 0; i < batch.size; ++i) batch.ids.push_back(std::to_string(i));
  return batch;
}

}  // namespace

TEST_CASE("every kind of data and label comes back, stored or compressed") {
  for (const bool compress : {false, true}) {
    for (const Example& example : all(9, "photo ")) {
      const Example read = decode(encode(example.header, {example.batch}, compress));
      CHECK((read.header == example.header));
      CHECK((read.batch == example.batch));
    }
  }
}

TEST_CASE("ids that are decimal indices take no bytes") {
  const Example named = make(io::StreamKind::kDense, DType::kU8, io::LabelKind::kClass, 50, "x");
  Example indexed = named;
  indexed.batch.ids.clear();
  const auto without = encode(indexed.header, {indexed.batch});
  CHECK(encode(named.header, {named.batch}).size() - without.size() == 50 * 4 + 10 * 2 + 40 * 3);
  indexed.batch = with_default_ids(indexed.batch);
  CHECK((encode(indexed.header, {indexed.batch}) == without));
  CHECK((decode(without).batch == indexed.batch));
}

TEST_CASE("the grouping into batches leaves no trace in the bytes") {
  for (const auto kind : {io::StreamKind::kDense, io::StreamKind::kEvents}) {
    const Example whole = make(kind, DType::kU8, io::LabelKind::kBoxes, 40000, "s");
    std::vector<io::Batch> parts;
    for (std::size_t first = 0, count = 1; first < whole.batch.size; first += count, count *= 2) {
      count = std::min(count, whole.batch.size - first);
      io::append(whole.header, whole.batch, first, count, parts.emplace_back());
    }
    const auto bytes = encode(whole.header, {whole.batch});
    CHECK((encode(whole.header, parts) == bytes));
    CHECK((decode(bytes).batch == whole.batch));
  }
}

TEST_CASE("a flushed stream holds all samples so far and reads the same") {
  const Example whole = make(io::StreamKind::kEvents, DType::kU8, io::LabelKind::kClass, 5, "s");
  io::MemorySink sink;
  io::StreamWriter writer(sink, whole.header);
  for (std::size_t sample = 0; sample < whole.batch.size; ++sample) {
    io::Batch one;
    io::append(whole.header, whole.batch, sample, 1, one);
    writer.write(one);
    writer.flush();
    const auto source = io::memory_source(sink.bytes());
    io::StreamReader reader(*source);
    for (std::size_t i = 0; i <= sample; ++i) CHECK(reader.next(one));
  }
  writer.finish();
  CHECK((decode(sink.bytes()).batch == whole.batch));
}

TEST_CASE("frames stay near a mebibyte however large the batch") {
  const Example example = make(io::StreamKind::kDense, DType::kI32, io::LabelKind::kNone, 20000);
  const auto bytes = encode(example.header, {example.batch});
  const auto source = io::memory_source(bytes);
  io::StreamReader reader(*source);
  io::Batch batch;
  std::size_t frames = 0;
  while (reader.next(batch)) {
    CHECK(batch.dense.bytes().size() <= std::size_t{1} << 20);
    ++frames;
  }
  CHECK(frames == 5);  // 20000 x (240 bytes + id) / 2^20
}

TEST_CASE("an empty stream has a header and an end") {
  const Example example = make(io::StreamKind::kEvents, DType::kU8, io::LabelKind::kClass, 0);
  CHECK(decode(encode(example.header, {})).batch.size == 0);
}

TEST_CASE("bytes that follow the end frame are refused") {
  auto bytes = encode(all(2)[0].header, {});
  bytes.push_back(std::byte{0});
  CHECK_THROWS_WITH(decode(bytes), Contains("bytes follow the end frame"));
}

TEST_CASE("a writer refuses what the format cannot hold and names the sample") {
  const Example good = make(io::StreamKind::kEvents, DType::kU8, io::LabelKind::kClass, 3, "a");
  const auto refuses = [&](const Example& example, const std::string& message) {
    CHECK_THROWS_WITH(encode(example.header, {good.batch, example.batch}), Contains(message));
  };
  Example bad = good;
  bad.batch.classes[1] = 3;
  refuses(bad, "sample 4: class 3 is outside -1..2");
  bad = good;
  bad.batch.ids[2] = "a\tb";
  refuses(bad, "sample 5: id has control character 0x09 at byte 1");
  bad.batch.ids[2] = "\xFF";
  refuses(bad, "sample 5: id is no UTF-8 at byte 0");
  bad.batch.ids[2] = "";
  refuses(bad, "sample 5: id is empty");
  bad = good;
  bad.batch.event_counts = {1, 0, 0};
  bad.batch.events = {{.y = 0, .x = 5, .c = 0}};
  refuses(bad, "sample 3: event 0: x 5 is outside 0..4");
  bad.batch.events = {{.y = 0, .x = 0, .c = 0, .value = 0}};
  refuses(bad, "sample 3: event 0: value 0 is outside 1..255");
  bad.batch.events.clear();
  refuses(bad, "batch has 0 events, not 1");

  io::StreamHeader header = good.header;
  header.shape.width = 0;
  CHECK_THROWS_WITH(encode(header, {}), "width 0 is outside 1..65536");
  header = good.header;
  header.dtype = DType::kF32;
  CHECK_THROWS_WITH(encode(header, {}), "event samples cannot be f32");
  header = good.header;
  header.scale = 0;
  CHECK_THROWS_WITH(encode(header, {}), "scale 0 is not positive and finite");
}

TEST_CASE("samples are appended with their ids, labels and events, or without ids") {
  const io::StreamHeader header{
      .kind = io::StreamKind::kEvents, .shape = {4, 1, 1}, .labels = io::LabelKind::kClass};
  io::Batch from{.size = 3, .classes = {7, 8, 9}};
  from.event_counts = {1, 0, 2};
  from.events = {{0, 0, 0, 1}, {0, 1, 0, 2}, {0, 2, 0, 3}};
  io::Batch to;
  io::append(header, from, 1, 2, to);
  CHECK(to.ids.empty());
  from.ids = {"a", "b", "c"};
  io::Batch named;
  io::append(header, from, 0, 1, named);
  io::append(header, from, 2, 1, named);
  CHECK(named.size == 2);
  CHECK(named.ids == std::vector<std::string>{"a", "c"});
  CHECK(named.classes == std::vector<std::int32_t>{7, 9});
  CHECK(named.event_counts == std::vector<std::uint32_t>{1, 2});
  CHECK(named.events == from.events);
  CHECK(to.classes == std::vector<std::int32_t>{8, 9});
  CHECK(to.events == std::vector<io::Event>{from.events[1], from.events[2]});
}

TEST_CASE("events become an array with zeros elsewhere") {
  io::StreamHeader header{.kind = io::StreamKind::kEvents, .shape = {3, 2, 2}};
  io::Batch batch{.size = 2};
  batch.event_counts = {1, 2};
  batch.events = {{1, 2, 1, 9}, {0, 0, 0, 4}, {1, 0, 1, 5}};
  const Dense dense = io::to_dense(header, batch);
  CHECK(dense.dims() == std::vector<std::int64_t>{2, 2, 3, 2});
  std::vector<std::uint8_t> expected(24, 0);
  expected[11] = 9;  // (1 * 3 + 2) * 2 + 1
  expected[12] = 4;  // second sample, first cell
  expected[12 + 3 * 2 + 1] = 5;
  CHECK(std::ranges::equal(dense.data<std::uint8_t>(), expected));
}
