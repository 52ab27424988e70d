#include "data/file_kind.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "io/zstd.h"

using namespace akida;

namespace {

std::string kind_of(const std::string& path) {
  const data::SniffedFile file = data::sniff(io::open_source(std::string(AKIDA_TESTDATA) + path));
  return file.kind == nullptr ? "unknown" : std::string(file.kind->name);
}

std::string kind_of_bytes(std::string_view text, std::uint64_t size = 0) {
  const auto* kind = data::find_file_kind(std::as_bytes(std::span(text)), size);
  return kind == nullptr ? "unknown" : std::string(kind->name);
}

}  // namespace

TEST_CASE("files are known by their content") {
  CHECK(kind_of("/events/davis.aedat2") == "aedat2");
  CHECK(kind_of("/events/dvs128.aedat3") == "aedat3");
  CHECK(kind_of("/events/zstd.aedat4") == "aedat4");
  CHECK(kind_of("/events/evt2.raw") == "evt2");
  CHECK(kind_of("/events/evt3.raw") == "evt3");
  CHECK(kind_of("/events/cd.dat") == "dat");
  CHECK(kind_of("/events/dvs.es") == "es");
  CHECK(kind_of("/events/events.npy") == "npy");
  CHECK(kind_of("/events/events.csv") == "event-list");
  CHECK(kind_of("/events/make.py") == "text");
  CHECK(kind_of("/streams/dense-class.aks") == "aks");
  CHECK(kind_of("/models/cnn.fb") == "fb");
  CHECK(kind_of("/checkpoints/small.ckpt") == "checkpoint");
  CHECK(kind_of("/images/rgb.png") == "png");
  CHECK(kind_of("/images/rgb.jpg") == "jpeg");
  CHECK(kind_of("/images/rgb.ppm") == "pnm");
  CHECK(kind_of("/arch/xor.yaml") == "architecture");
  CHECK(kind_of("/arch/xor.json") == "architecture");
}

TEST_CASE("beginnings of any length are looked at") {
  const std::string wave("RIFF\x24\0\0\0WAVEfmt ", 16);
  for (std::size_t size = 0; size < 12; ++size) {
    CHECK(kind_of_bytes(std::string_view(wave).substr(0, size)) != "wav");
  }
  CHECK(kind_of_bytes(wave) == "wav");
}

TEST_CASE("compression is looked through") {
  const data::SniffedFile labels = data::sniff(
      io::open_source(std::string(AKIDA_TESTDATA) + "/fashion-mnist/t10k-labels-idx1-ubyte.gz"));
  REQUIRE(labels.kind != nullptr);
  CHECK(labels.kind->name == "idx");
  CHECK(labels.inside == std::vector<std::string>{"gzip"});
  const auto model =
      io::read_all(*io::open_source(std::string(AKIDA_TESTDATA) + "/models/xor.fb"), 1 << 20);
  const auto frame = io::zstd_compress(model);
  const data::SniffedFile packed = data::sniff(io::memory_source(frame));
  REQUIRE(packed.kind != nullptr);
  CHECK(packed.kind->name == "fb");
  CHECK(packed.inside == std::vector<std::string>{"zstd"});
  const data::SniffedFile cut = data::sniff(io::memory_source(std::span(frame).first(20)));
  REQUIRE(cut.kind != nullptr);
  CHECK(cut.kind->name == "zstd");
}

TEST_CASE("what nobody knows is unknown") {
  CHECK(kind_of_bytes("") == "unknown");
  CHECK(kind_of_bytes(std::string_view("\x01\x02\x03\x04\0\0", 6)) == "unknown");
  CHECK(kind_of_bytes("hello\n") == "text");
  // A TFRecord of 5 bytes: the masked CRC-32C of its length, computed with Python.
  CHECK(kind_of_bytes(std::string_view("\x05\0\0\0\0\0\0\0\xea\xb2\x04\x3e", 12)) == "tfrecord");
  CHECK(kind_of_bytes(std::string_view("\x05\0\0\0\0\0\0\0\xea\xb2\x04\x3f", 12)) == "unknown");
}

TEST_CASE("meshes and lists are known by their first lines") {
  CHECK(kind_of_bytes("\n  OFF\n3 1 0\n") == "off");
  CHECK(kind_of_bytes("COFF\n3 1 0\n") == "off");
  CHECK(kind_of_bytes("OFFICE hours\n") == "text");
  CHECK(kind_of_bytes("# made by hand\nmtllib a.mtl\nv 0 0 1\nf 1 1 1\n") == "obj");
  CHECK(kind_of_bytes("o menino\ndorme\n") == "text");
  CHECK(kind_of_bytes("ply\r\nformat ascii 1.0\r\n") == "ply");
  CHECK(kind_of_bytes("0--Parade/0_Parade_1.jpg\n1\n449 330 122 149 0 0 0 0 0 0 \n") ==
        "widerface");
  CHECK(kind_of_bytes("a.jpg\n1\nnot four numbers\n") == "text");
  CHECK(kind_of_bytes("# a camera\n\nt, x, y, p\n5, 1, 2, 0\n") == "event-list");
}

TEST_CASE("records without a magic are known by their number") {
  std::string cifar = std::string(1, '\x9') + std::string(3072, '\xFF') + std::string(1, '\0');
  CHECK(kind_of_bytes(cifar, 2 * 3073) == "cifar10");
  CHECK(kind_of_bytes(cifar, 2 * 3073 + 1) == "unknown");
  CHECK(kind_of_bytes(cifar) == "unknown");
  cifar[0] = '\xA';  // the eleventh class
  CHECK(kind_of_bytes(cifar, 2 * 3073) == "unknown");
  CHECK(kind_of(std::string("/image-sets/cifar-10/test_batch.bin")) == "cifar10");
  CHECK(kind_of(std::string("/image-sets/cifar-100/test.bin")) == "cifar100");
  std::string events;
  for (char i = 0; i < 8; ++i) events += std::string{33, 0, 0, 0, i};
  CHECK(kind_of_bytes(events, 40) == "nmnist");
  CHECK(kind_of_bytes(events, 41) == "unknown");
  events[39] = 3;  // back in time
  CHECK(kind_of_bytes(events, 40) == "unknown");
  events[36] = '\xF0';  // but this tells of an overflow
  CHECK(kind_of_bytes(events, 40) == "nmnist");
}

TEST_CASE("names of kinds differ") {
  std::set<std::string_view> names;
  for (const data::FileKind& kind : data::file_kinds()) CHECK(names.insert(kind.name).second);
}
