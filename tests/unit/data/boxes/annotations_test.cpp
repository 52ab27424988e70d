#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "data/boxes/box_image.h"
#include "data/boxes/box_text.h"
#include "data/boxes/voc_annotations.h"
#include "data/boxes/widerface_annotations.h"
#include "scratch_directory.h"

using namespace akida;
using namespace akida::data;
using Catch::Matchers::Contains;

namespace {

// `content` outlives the source.
std::unique_ptr<io::ByteSource> text(const std::string& content) {
  return io::memory_source(std::as_bytes(std::span(content)), "boxes");
}

void write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string object(const std::string& name, const std::string& sides,
                   const std::string& more = "") {
  std::string box;
  std::istringstream in(sides);
  for (const char* key : {"xmin", "ymin", "xmax", "ymax"}) {
    std::string value;
    if (in >> value) box += std::string("<") + key + ">" + value + "</" + key + ">";
  }
  return "<object><name>" + name + "</name>" + more + "<bndbox>" + box + "</bndbox></object>";
}

VocAnnotation parse(const std::string& xml) { return parse_voc(std::as_bytes(std::span(xml))); }

// A folder of two annotated images of 4 x 2 pixels.
struct VocFolder {
  VocFolder() {
    write(folder / "a.xml", "<annotation><filename>x/a.pgm</filename>" + object("cat", "0 0 2 1") +
                                object("dog", "1 0 4 2", "<difficult>1</difficult>") +
                                "</annotation>");
    write(folder / "b.xml", "<annotation>" + object("cow", "0 0 1 1") + "</annotation>");
    for (const char* name : {"a.pgm", "b.pgm"}) {
      write(folder / name, "P2 4 2 255 0 10 20 30 40 50 60 70");
    }
  }
  [[nodiscard]] VocOptions options() const {
    return {.annotations = folder.path().string(), .images = folder.path().string()};
  }
  ScratchDirectory folder;
};

}  // namespace

TEST_CASE("objects of PASCAL VOC are read with sides rounded half to even") {
  const VocAnnotation annotation =
      parse("<annotation><filename>folder/a.jpg</filename>" + object(" cat ", "1.5 2.5 10 20.6") +
            object("dog", "1 2 3 4", "<difficult>1</difficult>") + "</annotation>");
  CHECK(annotation.filename == "a.jpg");
  REQUIRE(annotation.objects.size() == 2);
  CHECK(annotation.objects[0].name == "cat");
  CHECK(annotation.objects[0].x1 == 2);
  CHECK(annotation.objects[0].y1 == 2);
  CHECK(annotation.objects[0].y2 == 21);
  CHECK_FALSE(annotation.objects[0].difficult);
  CHECK(annotation.objects[1].difficult);
}

TEST_CASE("objects that lack a side or a name are left out") {
  CHECK(parse("<annotation>" + object("cat", "1 2 3") + object("", "1 2 3 4") +
              "<object><name>x</name></object></annotation>")
            .objects.empty());
}

TEST_CASE("damaged annotations are refused with their offset") {
  CHECK_THROWS_WITH(parse("<annotation><object>"), Contains(": XML: "));
  CHECK_THROWS_WITH(parse("<html/>"), "offset 0: XML without <annotation>");
  CHECK_THROWS_WITH(parse("<annotation>" + object("a", "1 2 x 4") + "</annotation>"),
                    Contains("xmax 'x' is no number below 1048576"));
  CHECK_THROWS_WITH(parse("<annotation>" + object("a", "5 2 3 4") + "</annotation>"),
                    Contains("box (5, 2), (3, 4) has its second corner first"));
}

TEST_CASE("annotated images become samples with boxes scaled along") {
  const VocFolder voc;
  CHECK(voc_classes(voc.options()) == std::vector<std::string>{"cat", "cow"});
  const auto source = open_voc(voc.options(), {.shape = {.width = 8, .height = 1, .channels = 1},
                                               .class_names = {"cow", "cat", "dog"}});
  io::Batch batch;
  REQUIRE(source->next(batch));
  CHECK(batch.ids == std::vector<std::string>{"a", "b"});
  CHECK(batch.boxes[0].boxes == std::vector<io::Box>{{0, 0, 4, 0.5F, 1}});
  CHECK(batch.boxes[0].original_width == 4);
  CHECK(batch.boxes[1].boxes == std::vector<io::Box>{{0, 0, 2, 0.5F, 0}});
  CHECK(batch.dense.data<std::uint8_t>()[1] == 5);
  CHECK_FALSE(source->next(batch));
  CHECK(source->share() == 1.0);
}

TEST_CASE("difficult objects and images without boxes are kept where asked for") {
  const VocFolder voc;
  VocOptions options = voc.options();
  options.keep_difficult = true;
  io::Batch batch;
  const Shape shape{.width = 4, .height = 2, .channels = 1};
  REQUIRE(open_voc(options, {.shape = shape, .class_names = {"dog"}})->next(batch));
  REQUIRE(batch.size == 1);
  CHECK(batch.boxes[0].boxes == std::vector<io::Box>{{1, 0, 4, 2, 0, true}});
  REQUIRE(
      open_voc(options, {.shape = shape, .class_names = {"dog"}, .keep_empty = true})->next(batch));
  CHECK(batch.size == 2);
}

TEST_CASE("a list chooses annotations, which must exist") {
  const VocFolder voc;
  VocOptions options = voc.options();
  options.list = voc.folder / "list";
  write(options.list, "b  1\n\n");
  CHECK(voc_classes(options) == std::vector<std::string>{"cow"});
  write(options.list, "c\n");
  CHECK_THROWS_WITH(voc_classes(options), Contains("c.xml: cannot open"));
  write(options.list, "../a\n");
  CHECK_THROWS_WITH(voc_classes(options), Contains("line 1: '../a' is no name of an annotation"));
  std::filesystem::remove(voc.folder / "b.pgm");
  options.list.clear();
  io::Batch batch;
  CHECK_THROWS_WITH(open_voc(options, {.shape = {4, 2, 1}, .class_names = {"cow"}})->next(batch),
                    Contains("b.xml: no image 'b' in "));
}

TEST_CASE("faces of WIDER FACE are read, with and without the line of zeros") {
  const std::string content =
      "a/1.jpg\n2\n10 20 30 40 0 0 0\n1 2 3 4\nb/2.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"
      "c.jpg\n0\nd 4.jpg\n1\n5 5 1 1 \n";
  WiderFaceReader reader(text(content));
  const auto first = reader.next();
  CHECK(first->path == "a/1.jpg");
  CHECK(first->boxes == std::vector<io::Box>{{10, 20, 40, 60, 0}, {1, 2, 4, 6, 0}});
  CHECK(reader.next()->boxes.empty());
  CHECK(reader.next()->path == "c.jpg");
  const auto last = reader.next();
  CHECK(last->path == "d 4.jpg");
  CHECK(last->boxes.size() == 1);
  CHECK_FALSE(reader.next());
}

TEST_CASE("damaged lists of faces are refused with their line") {
  const auto refusal = [](const std::string& content) {
    WiderFaceReader reader(text(content));
    (void)reader.next();
  };
  CHECK_THROWS_WITH(refusal("a.jpg\nx\n"), "boxes: line 2: 'x' is no number of faces in 0..65536");
  CHECK_THROWS_WITH(refusal("a.jpg\n65537\n"), Contains("line 2: '65537' is no number"));
  CHECK_THROWS_WITH(refusal("a.jpg\n2\n1 2 3 4\n"), Contains("the file ends inside the boxes"));
  CHECK_THROWS_WITH(refusal("a.jpg\n1\n1 2 -3 4\n"), Contains("line 3: box: -3 is outside 0.."));
  CHECK_THROWS_WITH(refusal("../a.jpg\n0\n"), Contains("'../a.jpg' leads out of its folder"));
  CHECK_THROWS_WITH(refusal("/a.jpg\n0\n"), Contains("leads out"));
}

TEST_CASE("faces that are too small for their image are left out") {
  const ScratchDirectory folder;
  std::string image = "P2 6 10 1";
  for (int i = 0; i < 60; ++i) image += " 0";
  write(folder / "a.pgm", image);
  write(folder / "faces", "a.pgm\n2\n0 0 1 1\n0 0 1 0\n");
  io::Batch batch;
  REQUIRE(open_widerface(folder / "faces", folder.path().string(),
                         {.shape = {6, 10, 1}, .min_area = 1.0 / 60})
              ->next(batch));
  CHECK(batch.boxes[0].boxes.size() == 1);  // of 60 pixels, 1 is just enough
}

TEST_CASE("boxes of text files have two corners, or a corner and a size") {
  const auto corners =
      read_true_boxes(text("cat 1 2 3 4\n\ndog 0 0 5 5 difficult\n"), BoxForm::kCorners);
  REQUIRE(corners.size() == 2);
  CHECK(corners[0].box == metrics::Box{1, 2, 3, 4});
  CHECK(corners[1].difficult);
  const auto sizes = read_detections(text("cat .5 1 2 3 4\n"), BoxForm::kSize);
  CHECK(sizes[0].box == metrics::Box{1, 2, 4, 6});
  CHECK(sizes[0].score == 0.5);
  CHECK_THROWS_WITH(read_detections(text("cat 1 2 3 4\n"), BoxForm::kSize),
                    "boxes: line 1: a detection is not: class, score, 4 numbers");
  CHECK_THROWS_WITH(read_true_boxes(text("cat 1 2 3 nan\n"), BoxForm::kSize),
                    "boxes: line 1: 'nan' is no number");
  CHECK_THROWS_WITH(read_true_boxes(text("cat 5 2 3 4\n"), BoxForm::kCorners),
                    Contains("second corner before the first"));
}
