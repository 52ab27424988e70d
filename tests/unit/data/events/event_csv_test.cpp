#include <catch2/catch.hpp>
#include <fstream>

#include "base/error.h"
#include "data/events/event_samples.h"
#include "scratch_directory.h"

using namespace akida;

namespace {

class Csv {
 public:
  explicit Csv(const std::string& text) : path_(scratch_ / "events.csv") {
    std::ofstream(path_) << text;
  }

  std::unique_ptr<data::SampleSource> open(data::EventOptions options = {}) const {
    return data::open_events({path_}, std::move(options));
  }

  io::Batch read(data::EventOptions options = {}) const {
    const auto source = open(std::move(options));
    io::Batch batch, rest;
    REQUIRE(source->next(batch));
    REQUIRE_FALSE(source->next(rest));
    return batch;
  }

  // The message after the file's name.
  std::string error(data::EventOptions options = {}) const {
    try {
      const auto source = open(std::move(options));
      io::Batch batch;
      while (source->next(batch)) {
      }
      return "none";
    } catch (const Error& error) {
      return std::string(error.what()).substr(path_.size() + 2);
    }
  }

 private:
  ScratchDirectory scratch_;
  std::string path_;
};

const Shape kShape{.width = 10, .height = 8, .channels = 2};

}  // namespace

TEST_CASE("a list of x, y, polarity is one sample with its events in order of place") {
  const io::Batch batch = Csv("3,1,1\n2,1,0\n# note\n\n9,0,-1\n2,1,0").read({.shape = kShape});
  CHECK(batch.ids == std::vector<std::string>{"events.csv"});
  CHECK(batch.event_counts == std::vector<std::uint32_t>{3});
  CHECK(batch.events == std::vector<io::Event>{{0, 9, 0}, {1, 2, 0}, {1, 3, 1}});
}

TEST_CASE("duplicates sum on request") {
  const io::Batch batch = Csv("2,1,0\n2,1,0\n").read({.shape = kShape, .count = true});
  CHECK(batch.events == std::vector<io::Event>{{1, 2, 0, 2}});
}

TEST_CASE("without a shape it is the smallest that holds the events") {
  CHECK(Csv("3,1,1\n2,7,0\n").open()->header().shape ==
        Shape{.width = 4, .height = 8, .channels = 2});
}

TEST_CASE("packets hold a fixed number of events and the last may be short") {
  const io::Batch batch =
      Csv("0,0,0\n1,0,0\n1,0,0\n2,0,0\n3,0,0\n").read({.shape = kShape, .packet_size = 2});
  CHECK(batch.event_counts == std::vector<std::uint32_t>{2, 2, 1});
  CHECK(batch.ids == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("a full last packet is the last") {
  CHECK(Csv("0,0,0\n1,0,0\n").read({.shape = kShape, .packet_size = 2}).size == 1);
}

TEST_CASE("raw events keep times, order and duplicates") {
  const io::Batch batch =
      Csv("t,x,y,p\n-7,3,1,1\r\n-9,2,1,0\n5000000000,2,1,0\n")
          .read({.shape = kShape, .output = data::EventOutput::kRaw, .label = 1});
  CHECK(batch.events ==
        std::vector<io::Event>{{1, 3, 1, 1, -7}, {1, 2, 0, 1, -9}, {1, 2, 0, 1, 5000000000}});
  CHECK(batch.classes == std::vector<std::int32_t>{1});
}

TEST_CASE("a column of samples and one of values are understood") {
  const io::Batch batch =
      Csv("sample,x,y,polarity,value\n0,1,0,0,9\n0,2,0,0,1\n4,0,0,0,255\n").read({.shape = kShape});
  CHECK(batch.event_counts == std::vector<std::uint32_t>{2, 1});
  CHECK(batch.events[0].value == 9);
  CHECK(batch.ids == std::vector<std::string>{"0", "1"});
}

TEST_CASE("a list without events is refused") {
  CHECK(Csv("").error({.shape = kShape}) == "file is empty");
  CHECK(Csv("x,y,polarity\n").error({.shape = kShape}) == "no events in it");
  CHECK(Csv("# nothing\n").error() == "no events in it");
  CHECK(Csv("# nothing\n").error({.shape = kShape, .packet_size = 2}) == "no events in it");
}

TEST_CASE("errors found while measuring name the file once") {
  CHECK(Csv("1,1,1\n2,2\n").error() == "line 2: 2 columns, not 3");
}

TEST_CASE("errors name the line") {
  const data::EventOptions options{.shape = kShape};
  CHECK(Csv("1,1,1\n\n10,1,1\n").error(options) == "line 3: x 10 is outside 0..9");
  CHECK(Csv("1,1,2\n").error(options) == "line 1: polarity 2 is outside 0..1");
  CHECK(Csv("1,1,1\n1,1\n").error(options) == "line 2: 2 columns, not 3");
  CHECK(Csv("1,1\n").error(options) == "line 1: 2 columns without names, not 3 or 4");
  CHECK(Csv("1,1,1.5\n").error(options) == "line 1: '1.5' is no integer");
  CHECK(Csv("x,y,z\n").error(options) == "line 1: no list of events: unknown column 'z'");
  CHECK(Csv("x,y,x\n").error(options) == "line 1: column 'x' appears twice");
  CHECK(Csv("x,y\n1,1\n").error(options) == "line 1: column 'polarity' is missing");
  CHECK(Csv("1,1,1\n").error({.shape = kShape, .output = data::EventOutput::kRaw}) ==
        "line 1: no column of times, which raw events need");
  CHECK(Csv("99999999999999999999,1,1\n").error(options) ==
        "line 1: '99999999999999999999' is no integer");
  CHECK(Csv(std::string(70000, '1')).error(options) ==
        "line 1: line is longer than 65536 bytes, the limit");
}
