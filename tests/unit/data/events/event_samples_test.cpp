#include "data/events/event_samples.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "io/stream.h"
#include "scratch_directory.h"

using namespace akida;
using data::EventOptions;
using data::EventOutput;

namespace {

const Shape kShape{.width = 10, .height = 8, .channels = 2};

class Files {
 public:
  std::string text(const std::string& name, const std::string& lines) const {
    std::filesystem::create_directories((scratch_.path() / name).parent_path());
    std::ofstream(scratch_ / name) << lines;
    return scratch_ / name;
  }

  // A stream of raw events: per sample its id, class and times; places are all (1, 1).
  std::string stream(const std::string& name, io::LabelKind labels,
                     const std::vector<std::vector<std::int64_t>>& samples) const {
    const auto sink = io::open_sink(scratch_ / name);
    io::StreamHeader header{.kind = io::StreamKind::kRawEvents, .shape = kShape, .labels = labels};
    io::StreamWriter writer(*sink, header);
    io::Batch batch;
    for (const auto& times : samples) {
      batch.ids.push_back(fmt::format("s{}", batch.size));
      if (labels == io::LabelKind::kClass) {
        batch.classes.push_back(static_cast<std::int32_t>(batch.size) + 3);
      }
      batch.event_counts.push_back(static_cast<std::uint32_t>(times.size()));
      for (const std::int64_t time : times) batch.events.push_back({1, 1, 0, 1, time});
      ++batch.size;
    }
    writer.write(batch);
    writer.finish();
    sink->close();
    return scratch_ / name;
  }

 private:
  ScratchDirectory scratch_;
};

io::Batch read(std::vector<std::string> paths, const EventOptions& options) {
  const auto source = data::open_events(std::move(paths), options);
  io::Batch all, batch;
  while (source->next(batch)) {
    all.size += batch.size;
    all.ids.insert(all.ids.end(), batch.ids.begin(), batch.ids.end());
    all.classes.insert(all.classes.end(), batch.classes.begin(), batch.classes.end());
    all.event_counts.insert(all.event_counts.end(), batch.event_counts.begin(),
                            batch.event_counts.end());
    all.events.insert(all.events.end(), batch.events.begin(), batch.events.end());
    if (batch.dense.size() > 0) all.dense = batch.dense;
  }
  return all;
}

using Counts = std::vector<std::uint32_t>;
using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("windows lie one after the other from the first event; empty ones make no sample") {
  const Files files;
  const auto path =
      files.text("a.csv", "0,0,0,105\n1,0,0,110\n1,0,0,114\n2,0,0,115\n3,0,0,150\n4,0,0,155\n");
  const io::Batch batch = read({path}, {.shape = kShape, .window = 10});
  CHECK(batch.event_counts == Counts{2, 1, 1, 1});  // from 105, 115, 145 and 155 on
  CHECK(batch.ids == Ids{"0", "1", "2", "3"});
}

TEST_CASE("an early event joins the open window, a clock that was set back opens another") {
  const Files files;
  const auto path = files.text("a.csv", "0,0,0,100\n1,0,0,121\n2,0,0,115\n3,0,0,5\n4,0,0,14\n");
  const io::Batch batch =
      read({path}, {.shape = kShape, .window = 20, .output = EventOutput::kRaw});
  CHECK(batch.event_counts == Counts{1, 2, 2});
}

TEST_CASE("each file has windows and packets of its own") {
  const Files files;
  const auto a = files.text("a.csv", "0,0,0,1\n1,0,0,2\n2,0,0,3\n");
  CHECK(read({a, a}, {.shape = kShape, .window = 100}).event_counts == Counts{3, 3});
  CHECK(read({a, a}, {.shape = kShape, .packet_size = 2}).event_counts == Counts{2, 1, 2, 1});
}

TEST_CASE("frames hold the values of sparse samples") {
  const Files files;
  const auto path = files.text("a.csv", "3,1,1\n3,1,1\n0,0,0\n");
  const io::Batch frames =
      read({path}, {.shape = kShape, .output = EventOutput::kFrames, .count = true});
  REQUIRE(frames.dense.dims() == std::vector<std::int64_t>{1, 8, 10, 2});
  const auto values = frames.dense.data<std::uint8_t>();
  CHECK(values[(1 * 10 + 3) * 2 + 1] == 2);
  CHECK(values[0] == 1);
  CHECK(std::accumulate(values.begin(), values.end(), 0) == 3);
  const auto source = data::open_events({path}, {.shape = kShape, .output = EventOutput::kFrames});
  CHECK(source->header().kind == io::StreamKind::kDense);
}

TEST_CASE("many frames come in batches of bounded size") {
  const Files files;
  std::string lines;
  for (int i = 0; i < 3000; ++i) lines += "0,0,0\n";
  const auto path = files.text("a.csv", lines);
  const auto source =
      data::open_events({path}, {.shape = {.width = 64, .height = 64, .channels = 2},
                                 .packet_size = 1,
                                 .output = EventOutput::kFrames});
  std::size_t total = 0;
  for (io::Batch batch; source->next(batch); total += batch.size) {
    CHECK(batch.dense.bytes().size() <= data::kBatchBytes + 64 * 64 * 2);
  }
  CHECK(total == 3000);
}

TEST_CASE("samples of a stream keep ids and classes, also in packets") {
  const Files files;
  const auto path = files.stream("a.aks", io::LabelKind::kClass, {{1, 2, 3}, {}, {4}});
  const io::Batch whole = read({path}, {.output = EventOutput::kRaw});
  CHECK(whole.ids == Ids{"s0", "s1", "s2"});
  CHECK(whole.classes == std::vector<std::int32_t>{3, 4, 5});
  CHECK(whole.event_counts == Counts{3, 0, 1});
  const io::Batch packets = read({path}, {.packet_size = 2, .output = EventOutput::kRaw});
  CHECK(packets.event_counts == Counts{2, 1, 1});
  CHECK(packets.classes == std::vector<std::int32_t>{3, 3, 5});
  CHECK(read({path}, {.label = 9}).classes == std::vector<std::int32_t>{9, 9, 9});
}

TEST_CASE("joined samples are one recording") {
  const Files files;
  const auto path = files.stream("a.aks", io::LabelKind::kNone, {{1, 2, 3}, {4}, {5, 6}});
  const io::Batch packets =
      read({path}, {.packet_size = 4, .join = true, .output = EventOutput::kRaw});
  CHECK(packets.event_counts == Counts{4, 2});
  const io::Batch whole = read({path}, {.join = true, .output = EventOutput::kRaw});
  CHECK(whole.event_counts == Counts{6});
  CHECK(whole.ids == Ids{"a.aks"});
  // The refractory pixel remembers across samples only where they are joined.
  data::EventFilterOptions rest{.refractory = 100};
  CHECK(read({path}, {.filters = rest}).event_counts == Counts{1, 1, 1});
  CHECK(read({path}, {.filters = rest, .join = true}).event_counts == Counts{1});
}

TEST_CASE("streams that cannot be recordings are refused") {
  const Files files;
  const auto classes = files.stream("a.aks", io::LabelKind::kClass, {{1}});
  const auto none = files.stream("b.aks", io::LabelKind::kNone, {{1}});
  CHECK_THROWS_WITH(read({classes, none}, {}),
                    fmt::format("{}: labels differ from those of {}", none, classes));
  CHECK_THROWS_WITH(read({none}, {.shape = {.width = 1, .height = 8, .channels = 2}}),
                    none + ": event 0: x 1 is outside 0..0");
}

TEST_CASE("a live source hands on what is complete") {
  const Files files;
  const auto path = files.stream("a.aks", io::LabelKind::kNone, {{1, 2}, {3}, {4}});
  EventOptions options{.packet_size = 1, .output = EventOutput::kRaw, .live = true};
  const auto source = data::open_events({path}, options);
  io::Batch batch;
  REQUIRE(source->next(batch));
  CHECK(batch.size == 2);  // of the first sample
  REQUIRE(source->next(batch));
  CHECK(batch.size == 1);
}

TEST_CASE("without a shape the files' events are measured, with a region none is needed") {
  const Files files;
  const auto path = files.text("a.csv", "3,1,1,0\n7,5,0,1\n");
  CHECK(data::open_events({path}, {})->header().shape == Shape{8, 6, 2});
  const auto source =
      data::open_events({path}, {.filters = {.region = data::EventRegion{2, 1, 4, 4}}});
  CHECK(source->header().shape == Shape{4, 4, 2});
  CHECK_THROWS_WITH(
      data::open_events({path, "-"}, {}),
      "stdin: its width and height have to be given (--shape), it cannot be read twice");
}

TEST_CASE("a folder of folders is a set of classes") {
  const Files files;
  for (const char* name : {"set/dog/1.csv", "set/cat/2.csv", "set/cat/1.csv"}) {
    files.text(name, "3,1,1\n");
  }
  files.text("set/cat/readme.txt", "About cats, and more, of them.\n");
  const std::string set = files.text("set/notes.txt", "None\n");
  const std::string folder = set.substr(0, set.rfind('/'));
  CHECK(read({folder}, {.shape = kShape}).ids == Ids{"1.csv", "2.csv", "1.csv"});
  EventOptions options{.shape = kShape, .folder_is_class = true};
  const io::Batch batch = read({folder}, options);
  CHECK(batch.ids == Ids{"cat/1.csv", "cat/2.csv", "dog/1.csv"});
  CHECK(batch.classes == std::vector<std::int32_t>{0, 0, 1});
  CHECK(data::open_events({folder}, options)->header().class_names == Ids{"cat", "dog"});
  options.class_names = {"emu", "dog", "cat"};
  CHECK(read({folder}, options).classes == std::vector<std::int32_t>{2, 2, 1});
  options.class_names = {"cat"};
  CHECK_THROWS_WITH(read({folder}, options), folder + "/dog/1.csv: folder 'dog' is no class name");
}

TEST_CASE("more events than fit are summed as they come") {
  const Files files;
  std::string lines = "x,y,polarity,value\n";
  for (int i = 0; i < 1100000; ++i) lines += i % 3 == 0 ? "1,1,0,1\n" : "2,1,0,1\n";
  const auto path = files.text("a.csv", lines + "1,1,0,9\n");
  const io::Batch collapsed = read({path}, {.shape = kShape});
  CHECK(collapsed.events == std::vector<io::Event>{{1, 1, 0, 9}, {1, 2, 0, 1}});
  const io::Batch summed = read({path}, {.shape = kShape, .count = true});
  CHECK(summed.events == std::vector<io::Event>{{1, 1, 0, 255}, {1, 2, 0, 255}});
}
