#include "data/images/imagenet.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "scratch_directory.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

std::string records() { return std::string(AKIDA_TESTDATA) + "/image-sets/tfrecord"; }

}  // namespace

TEST_CASE("classes have the published words") {
  CHECK(data::imagenet_label(0) == "tench, Tinca tinca");
  CHECK(data::imagenet_label(281) == "tabby, tabby cat");
  CHECK(data::imagenet_label(999) == "toilet tissue, toilet paper, bathroom tissue");
  CHECK_THROWS_WITH(data::imagenet_label(1000), "class 1000 is outside 0..999");
  CHECK_THROWS_WITH(data::imagenet_label(-1), "class -1 is outside 0..999");
}

TEST_CASE("records become samples with ids and classes") {
  const auto source = data::open_imagenet({records()}, {.width = 6, .height = 4});
  CHECK(source->header().shape == Shape{6, 4, 3});
  CHECK(source->header().class_names.size() == 1000);
  io::Batch batch;
  REQUIRE(source->next(batch));
  CHECK(batch.ids == std::vector<std::string>{"made_0.ppm", "validation-00000-of-00002:1",
                                              "made_2.ppm", "validation-00000-of-00002:3",
                                              "made_4.ppm", "validation-00001-of-00002:1"});
  CHECK(batch.classes == std::vector<std::int32_t>{0, 999, -1, 281, -1, 2});
  CHECK_FALSE(source->next(batch));
}

TEST_CASE("a folder must have all of its files") {
  const ScratchDirectory scratch;
  const auto open = [&] { (void)data::open_imagenet({scratch.path().string()}, {}); };
  const std::string folder = scratch.path().string();
  CHECK_THROWS_WITH(open(), folder + ": no files validation-NNNNN-of-MMMMM found");
  const auto make = [&](const char* name) { std::ofstream(scratch / name).close(); };
  make("validation-00000-of-00003");
  make("validation-00002-of-00003");
  make("validation-1-of-00003");
  CHECK_THROWS_WITH(open(), folder + ": validation-00001-of-00003 is missing");
  make("validation-00001-of-00004");
  CHECK_THROWS_WITH(open(), Contains("is one of "));
}

TEST_CASE("labels outside the classes are refused with their record") {
  io::Batch batch;
  CHECK_THROWS_WITH(data::open_imagenet({records()}, {.class_names = {"a", "b"}})->next(batch),
                    records() + "/validation-00000-of-00002: record 1: label 1000 is outside 0..2");
}
