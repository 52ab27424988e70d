// Every reader against testdata/events, whose files a Python program wrote from the descriptions of
// the formats, and against files cut short and filled with noise.
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "base/error.h"
#include "data/events/event_reader.h"

using namespace akida;

namespace {

const std::string kFolder = std::string(AKIDA_TESTDATA) + "/events/";

std::vector<std::byte> content_of(const std::string& name) {
  return io::read_all(*io::open_source(kFolder + name), 1 << 20);
}

// Delivers at most `step` bytes at a time, as a slow pipe does.
class SlowSource final : public io::ByteSource {
 public:
  SlowSource(std::vector<std::byte> bytes, std::size_t step, std::string name)
      : ByteSource(std::move(name)), bytes_(std::move(bytes)), step_(step) {}

 protected:
  std::size_t read_some(std::span<std::byte> out) override {
    const std::size_t count = std::min({out.size(), step_, bytes_.size() - used_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), count, out.begin());
    used_ += count;
    return count;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t step_;
  std::size_t used_ = 0;
};

struct Recording {
  io::StreamHeader header;
  std::vector<io::Event> events;
  int samples = 0;
};

Recording read(const std::vector<std::byte>& bytes, const std::string& name,
               std::size_t step = 1 << 20, const data::EventReaderOptions& options = {}) {
  const auto reader =
      data::open_event_reader(std::make_unique<SlowSource>(bytes, step, name), options);
  Recording recording{.header = reader->header()};
  for (data::EventBlock block; reader->next(block);) {
    recording.events.insert(recording.events.end(), block.events.begin(), block.events.end());
    recording.samples += block.starts_sample ? 1 : 0;
  }
  return recording;
}

std::string error_of(const std::vector<std::byte>& bytes, const std::string& name,
                     const data::EventReaderOptions& options = {}) {
  try {
    (void)read(bytes, name, 1 << 20, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

// File, t, x, y, p of expected.csv.
std::map<std::string, std::vector<io::Event>> expected() {
  std::map<std::string, std::vector<io::Event>> table;
  std::ifstream file(kFolder + "expected.csv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string name;
    std::getline(fields, name, ',');
    io::Event event;
    char comma = 0;
    fields >> event.time >> comma >> event.x >> comma >> event.y >> comma >> event.c;
    table[name].push_back(event);
  }
  return table;
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("every format gives the events that were written, however slowly they come") {
  const auto table = expected();
  REQUIRE(table.size() == 16);
  for (const auto& [name, events] : table) {
    INFO(name);
    const auto bytes = content_of(name);
    for (const std::size_t step : {1UL << 20, 1UL, 3UL, 7UL, 64UL}) {
      const Recording recording = read(bytes, name, step);
      CHECK(recording.events == events);
      CHECK(recording.samples == 1);
    }
  }
}

TEST_CASE("the shape is what the file says") {
  const auto width_of = [](const std::string& name) {
    return read(content_of(name), name).header.shape.width;
  };
  for (const char* name : {"dvs128.aedat2", "dvs128.aedat3", "evt2.raw", "evt21.raw",
                           "evt21_legacy.raw", "evt3.raw", "cd.dat", "dvs.es", "atis.es"}) {
    INFO(name);
    CHECK(width_of(name) == 128);
  }
  CHECK(width_of("davis.aedat2") == 240);
  CHECK(read(content_of("evt2.raw"), "evt2.raw").header.shape.height == 96);
  for (const char* name : {"nmnist.bin", "events.npy", "events.csv"}) CHECK(width_of(name) == 0);
#ifdef AKIDA_HAVE_PUGIXML
  CHECK(width_of("plain.aedat4") == 128);
#endif
}

TEST_CASE("a recording cut anywhere gives a beginning of its events or an error") {
  for (const auto& [name, events] : expected()) {
    INFO(name);
    const auto bytes = content_of(name);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      std::vector<io::Event> found;
      try {
        found =
            read({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}, name).events;
      } catch (const Error& error) {
        CHECK(std::string(error.what()).starts_with(name + ": "));
        continue;
      }
      if (name == "events.csv") continue;  // a number cut in two is another number
      REQUIRE(found.size() <= events.size());
      CHECK(std::equal(found.begin(), found.end(), events.begin()));
    }
  }
}

TEST_CASE("noise in a recording ends in events or an error") {
  std::mt19937 random(1);
  for (const auto& [name, events] : expected()) {
    const auto bytes = content_of(name);
    for (int round = 0; round < 300; ++round) {
      auto damaged = bytes;
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
      std::size_t found = 0;
      try {
        found = read(damaged, name).events.size();
      } catch (const Error&) {
      }
      CHECK(found <= 10 * damaged.size());
    }
  }
}

TEST_CASE("the format can be forced where nothing tells it") {
  const auto bytes = content_of("nmnist.bin");
  const data::EventReaderOptions forced{.format = data::event_format_of("nmnist")};
  CHECK(read(bytes, "stdin", 1 << 20, forced).events == expected()["nmnist.bin"]);
  CHECK(error_of(bytes, "stdin") ==
        "stdin: offset 0: no format of events begins like this; --format names one");
  CHECK_FALSE(data::event_format_of("aedat9").has_value());
}

TEST_CASE("truncated and foreign files are refused with their place") {
  const auto cut = [](const std::string& name, std::size_t by) {
    auto bytes = content_of(name);
    bytes.resize(bytes.size() - by);
    return error_of(bytes, name);
  };
  CHECK(cut("dvs128.aedat2", 3) ==
        "dvs128.aedat2: offset 237: file is truncated: event needs 8 bytes, 5 remain");
  CHECK(cut("evt3.raw", 1) ==
        "evt3.raw: offset 114: file is truncated: word needs 2 bytes, 1 remain");
  CHECK(cut("events.npy", 13) == "events.npy: offset 271: file is truncated: 1 events are missing");
  CHECK(cut("dvs.es", 2) == "dvs.es: offset 625: file is truncated: event needs 5 bytes, 3 remain");
  CHECK(error_of(bytes_of("#!AER-DAT1.0\r\n"), "a") ==
        "a: AEDAT of another version than 2.0, 3.1 and 4.0");
  CHECK(error_of(bytes_of("#!AER-DAT3.1\r\n#Format: Serial-TS\r\n#!END-HEADER\r\n"), "a") ==
        "a: offset 14: events are stored as 'Format: Serial-TS', not as RAW");
  CHECK(error_of(bytes_of("#!AER-DAT2.0\r\n# AEChip: DVXplorer\r\n"), "a") ==
        "a: sensor ' DVXplorer' is unknown; --sensor names one");
  CHECK(error_of(bytes_of("% evt 4.0\n"), "a") ==
        "a: events are stored as 'EVT4', not as EVT2, EVT21 or EVT3");
  CHECK(error_of(bytes_of("% Version 3\n"), "a") ==
        "a: DAT version '3' is unknown, this reader knows 2");
  CHECK(error_of(bytes_of("% Version 2\n\x07\x08"), "a") ==
        "a: offset 12: events of kind 7 with 8 bytes, not 0 or 12 with 8");
  using namespace std::string_literals;
  CHECK(error_of(bytes_of("Event Stream\x02\0\0\x04"s), "a") ==
        "a: offset 15: colour events (kind 4) are not changes of brightness, which DVS and ATIS "
        "events (kinds 1 and 2) are");
  CHECK(error_of(bytes_of("Event Stream\x02\0\0\x09"s), "a") ==
        "a: offset 15: unknown events (kind 9) are not changes of brightness, which DVS and ATIS "
        "events (kinds 1 and 2) are");
  CHECK(error_of(bytes_of("Event Stream\x03\0\0\x01"s), "a") ==
        "a: offset 12: version 3 is unknown, this reader knows 2");
}

TEST_CASE("files cut within their magic or their header are not taken for another format") {
  const auto cut_to = [](const std::string& name, std::size_t size) {
    auto bytes = content_of(name);
    bytes.resize(size);
    return error_of(bytes, name);
  };
  CHECK(cut_to("dvs128.aedat2", 0) == "dvs128.aedat2: file is empty");
  for (const std::size_t size : {2U, 3U, 11U}) {
    CHECK(cut_to("dvs128.aedat2", size) ==
          "dvs128.aedat2: offset 0: file is truncated: it ends within the first 12 bytes");
    CHECK(cut_to("dvs.es", size) ==
          "dvs.es: offset 0: file is truncated: it ends within the first 12 bytes");
  }
  CHECK(cut_to("events.npy", 4) ==
        "events.npy: offset 0: file is truncated: it ends within the first 6 bytes");
  CHECK(cut_to("evt2.raw", 20) ==
        "evt2.raw: offset 20: file is truncated: its header names no format of events");
  CHECK(error_of(bytes_of("# a heading\n\nText, and more.\n"), "a") ==
        "a: line 3: no list of events: unknown column 'Text'");
}

TEST_CASE("a format that is named has to be the one that the file names") {
  const auto as = [](const std::string& name, const char* format) {
    return error_of(content_of(name), name, {.format = data::event_format_of(format)});
  };
  CHECK(as("evt2.raw", "evt3") == "evt2.raw: its header says EVT2, not the format that was named");
  CHECK(as("evt3.raw", "dat") == "evt3.raw: its header says EVT3, not the format that was named");
  CHECK(as("evt21.raw", "evt21") == "none");
  CHECK(error_of(content_of("evt2.raw"), "a", {.sensor = data::find_sensor("davis240")}) ==
        "a: a sensor is named for AEDAT 2.0, this is of format evt2");
}

TEST_CASE("addresses of another sensor than a DVS128 are not taken for its own") {
  auto bytes = content_of("davis.aedat2");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t line = text.find("# AEChip");
  std::string unnamed = text;
  unnamed.erase(line, text.find('\n', line) + 1 - line);
  CHECK(error_of(bytes_of(unnamed), "a").find("is none of a DVS128") != std::string::npos);
  const data::EventReaderOptions davis{.sensor = data::find_sensor("davis240")};
  CHECK(read(bytes_of(unnamed), "a", 1 << 20, davis).events == expected()["davis.aedat2"]);
}

TEST_CASE("fields of an array that are no part of an event are passed over") {
  std::string head =
      "{'descr': [('p', '|u1'), ('', '|V1'), ('x', '<i2'), ('y', '<i2'), ('w', '<f4'), ('t', "
      "'<u4')], "
      "'fortran_order': False, 'shape': (1,), }\n";
  using namespace std::string_literals;
  const auto file = [&] {
    return bytes_of("\x93NUMPY\x01\0"s + static_cast<char>(head.size()) + "\0"s + head +
                    "\x01\xff\x02\0\x03\0\0\0\0\0\x04\x01\0\0"s);
  };
  CHECK(read(file(), "a").events == std::vector<io::Event>{{3, 2, 1, 1, 260}});
  head.replace(head.find("<i2"), 3, "<f2");
  CHECK(error_of(file(), "a") == "a: field 'x' of type '<f2' is no little-endian integer");
}

TEST_CASE("lengths beyond their limits are refused before memory is taken") {
  using namespace std::string_literals;
  CHECK(error_of(bytes_of("#!AER-DAT4.0\r\n\xff\xff\xff\xff"s), "a") ==
        "a: offset 14: header length 4294967295 exceeds limit 16777216");
  auto bytes = content_of("plain.aedat4");
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data() + 14, 4);
  const std::size_t packet = 14 + 4 + size;
  for (int i = 0; i < 4; ++i) bytes[packet + 4 + static_cast<std::size_t>(i)] = std::byte{0x7F};
  CHECK(error_of(bytes, "a") == fmt::format("a: offset {}: packet length 2139062143 is outside "
                                            "0..268435456",
                                            packet + 4));
  CHECK(error_of(bytes_of("#!AER-DAT3.1\r\n#!END-HEADER\r\n"s + std::string(16, '\0') +
                          "\1\0\0\0\2\0\0\0"s + std::string(4, '\0')),
                 "a") == "a: offset 48: packet of 2 events exceeds its capacity of 1");
}
