#include "data/prediction_source.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "data/prediction_json.h"
#include "io/npy.h"
#include "io/stream.h"

using namespace akida;
using namespace akida::data;
using Catch::Matchers::Contains;

namespace {

// Keeps the bytes that the source reads.
struct Opened {
  explicit Opened(const std::string& content)
      : bytes(content),
        source(open_predictions(io::memory_source(std::as_bytes(std::span(bytes)), "in"))) {}
  io::Batch all() {
    io::Batch batch;
    REQUIRE(source->next(batch));
    return batch;
  }
  std::string bytes;
  std::unique_ptr<PredictionSource> source;
};

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void read_all(const std::string& content) {
  Opened opened(content);
  io::Batch batch;
  while (opened.source->next(batch)) {
  }
}

}  // namespace

TEST_CASE("text predictions are classes with names and truth") {
  Opened opened("a\t2\tcat\t2\nb\t-1\t\t0\n");
  CHECK(opened.source->holds_classes());
  CHECK(opened.source->header().labels == io::LabelKind::kClass);
  const io::Batch batch = opened.all();
  CHECK(batch.ids == std::vector<std::string>{"a", "b"});
  CHECK(batch.classes == std::vector<std::int32_t>{2, 0});
  CHECK(batch.dense.value(0) == 2);
  CHECK(batch.dense.value(1) == -1);
  CHECK(opened.source->class_names() == std::vector<std::string>{"", "", "cat"});
}

TEST_CASE("JSON lines hold values of any shape, null being no number") {
  Opened flat("{\"id\":\"a\",\"label\":1,\"values\":[0.5,null,2]}\n");
  CHECK(flat.source->header().shape == Shape{1, 1, 3});
  const io::Batch batch = flat.all();
  CHECK(batch.classes == std::vector<std::int32_t>{1});
  CHECK(std::isnan(batch.dense.value(1)));
  Opened map("{\"id\":\"a\",\"label\":[0.25],\"values\":[[[1],[2],[3]],[[4],[5],[6]]]}");
  CHECK(map.source->header().shape == Shape{3, 2, 1});
  CHECK(map.source->header().targets == 1);
  CHECK(map.all().dense.value(5) == 6);
  Opened boxes(
      "{\"id\":\"a\",\"label\":[{\"box\":[1,2,3,4],\"class\":5,\"difficult\":true}],"
      "\"values\":[1]}");
  CHECK(boxes.all().boxes[0].boxes == std::vector<io::Box>{{1, 2, 3, 4, 5, true}});
}

TEST_CASE("streams and arrays are read as they are") {
  io::MemorySink npy;
  io::write_npy(npy, Dense::from<std::int32_t>(std::vector<std::int32_t>{3, 4}, {2}));
  Opened array(text_of(npy.bytes()));
  const io::Batch batch = array.all();
  CHECK(batch.size == 2);
  CHECK(batch.ids == std::vector<std::string>{"0", "1"});
  CHECK(batch.dense.value(1) == 4);
  io::MemorySink sink;
  io::StreamWriter writer(sink, {.dtype = DType::kF32, .shape = {1, 1, 2}});
  io::Batch written{.size = 1};
  written.dense = Dense::from<float>(std::vector<float>{1, 2}, {1, 1, 1, 2});
  writer.write(written);
  writer.finish();
  CHECK(Opened(text_of(sink.bytes())).all().dense == written.dense);
}

TEST_CASE("lines that do not fit are refused with their number") {
  CHECK_THROWS_WITH(read_all(""), "in: holds no predictions");
  CHECK_THROWS_WITH(read_all("a\t1\tx\n"), Contains("in: line 1: 3 columns instead of"));
  CHECK_THROWS_WITH(read_all("a\tx\t\t\n"), "in: line 1: class 'x' is no number");
  CHECK_THROWS_WITH(read_all("a\t1\t\t1\nb\t1\t\t\n"),
                    "in: line 2: its label is of another kind than that of line 1");
  CHECK_THROWS_WITH(read_all("{\"id\":\"a\""), "in: line 1: no JSON");
  CHECK_THROWS_WITH(read_all("{\"values\":[1]}"), "in: line 1: key 'id' is missing");
  CHECK_THROWS_WITH(read_all("{\"id\":\"a\"}"), "in: line 1: key 'values' is missing");
  CHECK_THROWS_WITH(read_all("{\"id\":\"a\",\"values\":[1]}\n{\"id\":\"b\",\"values\":[1,2]}\n"),
                    Contains("in: line 2: values are [1, 1, 2], those of line 1 [1, 1, 1]"));
  CHECK_THROWS_WITH(read_all("{\"id\":\"a\",\"values\":[[[1],[2]],[[3]]]}"),
                    Contains("lists of different lengths"));
  CHECK_THROWS_WITH(read_all("{\"id\":\"a\",\"values\":[1]}\n{\"id\":\"b\",\"class\":1}\n"),
                    "in: line 2: a line with a class among lines with values");
  CHECK_THROWS_WITH(read_all("{\"id\":\"a\",\"class\":99999999999}"),
                    "in: line 1: class is no number in -1..65535");
}

TEST_CASE("detections have boxes, scores and perhaps the truth") {
  const DetectionLine line = parse_detection_json(
      R"({"id":"a","boxes":[{"box":[0,1,2.5,3],"class":1,"name":"cat","score":0.5}],"label":[]})");
  CHECK(line.detections == std::vector<metrics::Detection>{{{0, 1, 2.5, 3}, 0.5, 1}});
  CHECK(line.names == std::vector<std::string>{"cat"});
  CHECK(line.truth->empty());
  CHECK_FALSE(parse_detection_json(R"({"id":"a","boxes":[]})").truth);
  CHECK_THROWS_WITH(parse_detection_json(R"({"id":"a","boxes":[{"box":[1,2,3]}]})"),
                    "box is no list of 4 numbers");
  CHECK_THROWS_WITH(
      parse_detection_json(R"({"id":"a","boxes":[{"box":[2,0,1,1],"class":0,"score":1}]})"),
      Contains("second corner before the first"));
}
