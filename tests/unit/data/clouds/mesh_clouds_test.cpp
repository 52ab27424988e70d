#include "data/clouds/mesh_clouds.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/error.h"
#include "data/class_map.h"
#include "data/clouds/cloud_cache.h"
#include "io/bytes.h"
#include "scratch_directory.h"

using namespace akida;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

std::string path_of(const std::string& name) {
  return std::string(AKIDA_TESTDATA) + "/meshes/" + name;
}

io::Batch only_batch(data::SampleSource& source) {
  io::Batch batch, none;
  REQUIRE(source.next(batch));
  REQUIRE_FALSE(source.next(none));
  return batch;
}

void put_cube(const fs::path& path) {
  fs::create_directories(path.parent_path());
  fs::copy_file(path_of("cube.off"), path);
}

const std::vector<std::string> kClasses = {"bed", "chair"};

}  // namespace

TEST_CASE("a tree of meshes gives the clouds of one set with classes, ids and names") {
  const ScratchDirectory scratch;
  put_cube(scratch.path() / "chair/train/chair_1.off");
  put_cube(scratch.path() / "bed/train/bed_1.off");
  put_cube(scratch.path() / "chair/test/chair_2.off");
  put_cube(scratch.path() / "chair/notes/chair_3.off");
  put_cube(scratch.path() / "chair/train/.chair_4.off");
  const data::CloudOptions options{.points = 16};
  const auto folder = data::open_modelnet(scratch.path().string(), "train", options);
  CHECK(folder->header().class_names == kClasses);
  CHECK(folder->header().shape == Shape{.width = 1, .height = 16, .channels = 3});
  CHECK(folder->header().dtype == DType::kF32);
  const io::Batch batch = only_batch(*folder);
  CHECK(batch.ids == std::vector<std::string>{"bed/bed_1.off", "chair/chair_1.off"});
  CHECK(batch.classes == std::vector<std::int32_t>{0, 1});
  const io::Batch test = only_batch(*data::open_modelnet(scratch.path().string(), "test", options));
  CHECK(test.classes == std::vector<std::int32_t>{1});
  CHECK_THROWS_WITH(data::open_modelnet(scratch.path().string(), "dev", options),
                    Contains("no meshes in folders <class>/dev"));
}

TEST_CASE("an archive gives the clouds of the folder, in its own order") {
  const ScratchDirectory scratch;
  put_cube(scratch.path() / "bed/train/bed_1.off");
  const data::CloudOptions options{.points = 16, .seed = 7};
  const io::Batch folder =
      only_batch(*data::open_modelnet(scratch.path().string(), "train", options));
  const auto archive = data::open_modelnet(path_of("tree.zip"), "train", options);
  CHECK(archive->header().class_names == kClasses);
  const io::Batch batch = only_batch(*archive);
  CHECK(batch.ids == std::vector<std::string>{"chair/chair_1.off", "bed/bed_1.off"});
  CHECK(batch.classes == std::vector<std::int32_t>{1, 0});
  const auto values = batch.dense.data<float>();
  CHECK(std::vector<float>(values.begin() + 48, values.end()) ==
        std::vector<float>(folder.dense.data<float>().begin(), folder.dense.data<float>().end()));
}

TEST_CASE("clouds depend on seed and id, not on company or threads") {
  const ScratchDirectory scratch;
  for (int i = 0; i < 9; ++i) put_cube(scratch.path() / "a" / (std::to_string(i) + ".off"));
  const auto clouds = [&](data::CloudOptions options) {
    options.points = 8;
    return only_batch(*data::open_meshes({scratch.path().string()}, 3, false, options));
  };
  const io::Batch one = clouds({.jobs = 1});
  CHECK(one == clouds({.jobs = 4}));
  CHECK(one.dense != clouds({.seed = 1}).dense);
  CHECK(one.classes == std::vector<std::int32_t>(9, 3));
  const io::Batch alone =
      only_batch(*data::open_meshes({scratch / "a/8.off"}, std::nullopt, false, {.points = 8}));
  CHECK(std::ranges::equal(alone.dense.data<float>(), one.dense.data<float>().subspan(8 * 24)));
}

TEST_CASE("the first of several bad meshes is named") {
  const ScratchDirectory scratch;
  for (const char* name : {"a.off", "b.obj", "c.ply"}) io::open_sink(scratch / name)->close();
  io::Batch batch;
  CHECK_THROWS_WITH(
      data::open_meshes({scratch.path().string()}, std::nullopt, false, {})->next(batch),
      (scratch / "a.off") + ": offset 0: neither OFF nor OBJ nor PLY");
  CHECK_THROWS_WITH(
      data::open_meshes({path_of("points.ply")}, std::nullopt, false, {})->next(batch),
      path_of("points.ply") + ": no faces and 3 points, fewer than the 2048 wanted");
}

TEST_CASE("files that are no archive are refused") {
  CHECK_THROWS_WITH(data::open_modelnet(path_of("cube.obj"), "train", {}),
                    path_of("cube.obj") + ": archive offset 0: Unrecognized archive format");
  CHECK_THROWS_WITH(data::open_modelnet("-", "train", {}),
                    "an archive is read twice and cannot be a pipe");
  const ScratchDirectory scratch;
  CHECK_THROWS_WITH(data::open_modelnet(scratch / "absent", "train", {}),
                    (scratch / "absent") + ": cannot open: No such file or directory");
}

TEST_CASE("a cache written by NumPy's rules gives its clouds") {
  const auto source = data::open_cloud_cache(path_of("cache.npz"), "train", {});
  CHECK(source->header().class_names == kClasses);
  CHECK(source->header().shape == Shape{.width = 1, .height = 4, .channels = 3});
  const io::Batch batch = only_batch(*source);
  CHECK(batch.classes == std::vector<std::int32_t>{1, 0});
  CHECK(batch.dense.data<float>()[11] == 11);
  CHECK(batch.dense.data<float>()[12] == -12);
  CHECK_THROWS_WITH(data::open_cloud_cache(path_of("cache.npz"), "dev", {}),
                    path_of("cache.npz") + ": no array 'dev_labels'");
}

TEST_CASE("a cache comes back as it was written, and is the same bytes each time") {
  const ScratchDirectory scratch;
  const auto write = [&](const std::string& name) {
    data::CloudSet set{Dense::from<float>(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 1, 3}), {1, 0}};
    const auto sink = io::open_sink(scratch / name);
    data::write_cloud_cache(*sink, set, set, kClasses);
    sink->close();
    return io::read_all(*io::open_source(scratch / name), 1 << 20);
  };
  CHECK(write("a.npz") == write("b.npz"));
  const auto source = data::open_cloud_cache(scratch / "a.npz", "test", {});
  CHECK(source->header().class_names == kClasses);
  const io::Batch batch = only_batch(*source);
  CHECK(batch.classes == std::vector<std::int32_t>{1, 0});
  CHECK(batch.dense.data<float>()[5] == 6);
}

TEST_CASE("dictionaries of names are read as data, whatever their pickle asks for") {
  auto bytes = data::encode_class_map(kClasses);
  CHECK(data::decode_class_map(bytes) == kClasses);
  const auto pickled = [&](std::string_view pickle) {
    std::vector<std::byte> npy(bytes.begin(), bytes.begin() + 128);
    for (const char c : pickle) npy.push_back(static_cast<std::byte>(c));
    return npy;
  };
  using namespace std::string_view_literals;
  CHECK(data::decode_class_map(pickled("cposix\nsystem\n}(K\0U\1aK\1X\1\0\0\0buR."sv)) ==
        std::vector<std::string>{"a", "b"});
  CHECK_THROWS_WITH(data::decode_class_map(pickled("}K\1U\1as."sv)),
                    "label 1 of the dictionary is not 0, the next one");
  CHECK_THROWS_WITH(data::decode_class_map(pickled("}U\1aK\1s."sv)),
                    Contains("item 0 of the dictionary is not a number and its name"));
  CHECK_THROWS_WITH(data::decode_class_map(pickled("K\1."sv)), Contains("holds no dictionary"));
  CHECK_THROWS_WITH(data::decode_class_map(pickled("a"sv)), Contains("a value that is not there"));
  CHECK_THROWS_WITH(data::decode_class_map(pickled("(b"sv)), Contains("takes a mark for a value"));
  CHECK_THROWS_WITH(data::decode_class_map(pickled("?"sv)), Contains("operation 0x3f is unknown"));
  CHECK_THROWS_WITH(data::decode_class_map(pickled("X\xFF\xFF\xFF\x7F"sv)),
                    "offset 133: text needs 2147483647 bytes, 0 remain");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE_THROWS_AS(data::decode_class_map(std::span(bytes).first(size)), Error);
  }
}
