#include "data/images/image.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/error.h"
#include "data/images/image_files.h"
#include "io/bytes.h"
#include "scratch_directory.h"

using namespace akida;
using Catch::Matchers::Contains;
using Bytes = std::vector<std::uint8_t>;

namespace {

std::string path_of(const std::string& name) {
  return std::string(AKIDA_TESTDATA) + "/images/" + name;
}

std::vector<std::byte> file_of(const std::string& name) {
  return io::read_all(*io::open_source(path_of(name)), 1 << 20);
}

data::Image decode(const std::string& name) { return data::decode_image(file_of(name)); }

data::Image decode_text(const std::string& text) {
  return data::decode_image(std::as_bytes(std::span(text)));
}

const Bytes kRgb = {255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9};
const Bytes kGrey = {0, 128, 255, 10, 20, 30};

}  // namespace

TEST_CASE("colour images give their pixels in every format") {
  for (const char* name : {"rgb.png", "rgba.png", "palette.png", "rgb.ppm"}) {
    INFO(name);
    CHECK(decode(name) == data::Image{3, 2, 3, kRgb});
  }
  CHECK(decode("plain.ppm") == data::Image{1, 1, 3, {10, 20, 30}});
}

TEST_CASE("grey images give their pixels in every format and depth") {
  for (const char* name : {"grey.png", "grey16.png", "grey.pgm", "grey16.pgm"}) {
    INFO(name);
    CHECK(decode(name) == data::Image{3, 2, 1, kGrey});
  }
  CHECK(decode("grey1.png") == data::Image{3, 2, 1, {255, 0, 255, 0, 255, 0}});
  CHECK(decode("plain.pgm") == data::Image{3, 2, 1, {0, 119, 255, 17, 34, 51}});
}

TEST_CASE("JPEG blocks of one colour are decoded exactly") {
  CHECK(decode("grey.jpg") == data::Image{8, 8, 1, Bytes(64, 100)});
  // Y 100, Cb 128, Cr 178: R = Y + 1.402 * 50, G = Y - 0.714136 * 50, B = Y (JFIF 1.02).
  const data::Image rgb = decode("rgb.jpg");
  REQUIRE(rgb.channels == 3);
  CHECK(Bytes(rgb.pixels.begin(), rgb.pixels.begin() + 3) == Bytes{170, 64, 100});
}

TEST_CASE("four colours become three as Pillow makes them") {
  // Stored inverted: 160, 100, 150 and 180 of black. Red is 180 - 95 * 180 / 255 = 180 - 67.06.
  const data::Image image = decode("cmyk.jpg");
  REQUIRE(image.channels == 3);
  CHECK(Bytes(image.pixels.begin(), image.pixels.begin() + 3) == Bytes{113, 71, 106});
  CHECK(std::equal(image.pixels.begin() + 3, image.pixels.end(), image.pixels.begin()));
}

TEST_CASE("bits of a bitmap are black where they are 1") {
  CHECK(decode("plain.pbm") == data::Image{3, 2, 1, {0, 255, 0, 255, 0, 255}});
  Bytes pixels(20, 0);
  std::fill(pixels.begin() + 1, pixels.begin() + 9, 255);
  CHECK(decode("raw.pbm") == data::Image{10, 2, 1, pixels});
  CHECK_THROWS_WITH(decode_text("P1 2 2 0120"), "offset 9: PNM: pixel is neither 0 nor 1");
}

TEST_CASE("bytes between the segments of a JPEG harm no pixel, missing pixels do") {
  auto bytes = file_of("grey.jpg");
  bytes.insert(bytes.end() - 2, 3, std::byte{'x'});  // in front of the end marker
  CHECK(data::decode_image(bytes) == data::Image{8, 8, 1, Bytes(64, 100)});
  CHECK_THROWS_WITH(data::decode_image(std::span(bytes).first(bytes.size() - 6)),
                    fmt::format("offset {}: JPEG: Premature end of JPEG file", bytes.size() - 6));
}

TEST_CASE("grey and colour turn into each other") {
  CHECK(data::with_channels(decode("grey.png"), 3).pixels[5] == 128);
  // 0.299 * 255 = 76.2, 0.587 * 255 = 149.7, 0.114 * 255 = 29.1
  CHECK(data::with_channels(decode("rgb.png"), 1).pixels == Bytes{76, 150, 29, 2, 5, 8});
}

TEST_CASE("files cut anywhere are refused") {
  for (const char* name : {"rgb.png", "grey16.png", "grey.jpg", "rgb.jpg", "cmyk.jpg", "rgb.ppm",
                           "plain.pgm", "raw.pbm"}) {
    const auto bytes = file_of(name);
    const std::size_t last = bytes.size() - (std::string(name) == "plain.pgm" ? 2 : 1);
    for (std::size_t size = 0; size < last; ++size) {
      INFO(name << " " << size);
      REQUIRE_THROWS_AS(data::decode_image(std::span(bytes).first(size)), Error);
    }
  }
}

TEST_CASE("hostile sizes are refused before memory is taken") {
  CHECK_THROWS_WITH(decode_text("P5 32769 1 255\n"), "offset 3: PNM: width exceeds limit 32768");
  CHECK_THROWS_WITH(decode_text("P5 32768 32768 255\n"),
                    "offset 19: PNM: pixels need 1073741824 bytes, 0 remain");
  CHECK_THROWS_WITH(decode_text("P5 2 1 0\n"), Contains("maximum 0 is outside"));
  CHECK_THROWS_WITH(decode_text("P5 2 1 9\n\x09\x0A"), Contains("sample 10 exceeds maximum 9"));
  CHECK_THROWS_WITH(decode_text("P4 8 2\nx"), "offset 7: PNM: pixels need 2 bytes, 1 remain");
  CHECK_THROWS_WITH(decode_text("GIF89a"), "offset 0: neither PNG nor JPEG nor PNM");
  auto png = file_of("rgb.png");
  png[16] = std::byte{0x7F};  // width
  CHECK_THROWS_WITH(
      data::decode_image(png),
      "image of 2130706435 x 2 pixels exceeds limits 32768 a side and 67108864 in all");
}

TEST_CASE("image files become samples with names and classes") {
  const auto source = data::open_images({path_of("grey.png"), path_of("grey.pgm")}, {.label = 4});
  CHECK(source->header().shape == Shape{3, 2, 1});
  io::Batch batch;
  REQUIRE(source->next(batch));
  CHECK(batch.ids == std::vector<std::string>{"grey.png", "grey.pgm"});
  CHECK(batch.classes == std::vector<std::int32_t>{4, 4});
  CHECK(batch.dense.data<std::uint8_t>()[7] == 128);
  CHECK_FALSE(source->next(batch));
}

TEST_CASE("a folder stands for its images and may name their class") {
  const auto source =
      data::open_images({path_of("")}, {.preparation = {.channels = 1}, .folder_is_class = true});
  CHECK(source->header().class_names == std::vector<std::string>{"images"});
  io::Batch batch;
  CHECK_THROWS_WITH(source->next(batch), Contains("image is [3, 2, 1], the first one [8, 8, 1]"));
}

TEST_CASE("links that lead nowhere are passed over in a folder and refused by name") {
  const ScratchDirectory scratch;
  namespace fs = std::filesystem;
  fs::copy_file(path_of("grey.png"), scratch.path() / "grey.png");
  fs::create_symlink("loop.png", scratch.path() / "loop.png");
  fs::create_symlink("absent", scratch.path() / "dangling.png");
  io::Batch batch;
  REQUIRE(data::open_images({scratch.path().string()}, {})->next(batch));
  CHECK(batch.ids == std::vector<std::string>{"grey.png"});
  const std::string loop = scratch / "loop.png";
  CHECK_THROWS_WITH(data::open_images({loop}, {}),
                    loop + ": cannot open: Too many levels of symbolic links");
}
