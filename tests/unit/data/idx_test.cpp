#include "data/idx.h"

#include <zlib.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "data/gzip.h"

using namespace akida;
using Catch::Matchers::Contains;
using Bytes = std::vector<unsigned char>;

namespace {

const Bytes kImages = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2,  0,  0,
                       0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const Bytes kLabels = {0, 0, 8, 1, 0, 0, 0, 2, 7, 0};

std::unique_ptr<io::ByteSource> source_of(const Bytes& bytes, const std::string& name = "idx") {
  return data::gunzip(io::memory_source(std::as_bytes(std::span(bytes)), name));
}

Bytes gzip(const Bytes& bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(1000);
  Bytes in = bytes;
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

io::Batch all_of(data::SampleSource& source) {
  io::Batch first, rest;
  REQUIRE(source.next(first));
  CHECK_FALSE(source.next(rest));
  return first;
}

}  // namespace

TEST_CASE("images and labels of an IDX pair become samples") {
  const auto source = data::open_idx(source_of(kImages), source_of(kLabels), {});
  CHECK(source->header().shape == Shape{.width = 3, .height = 2, .channels = 1});
  CHECK(source->header().labels == io::LabelKind::kClass);
  const io::Batch batch = all_of(*source);
  CHECK(batch.classes == std::vector<std::int32_t>{7, 0});
  CHECK(batch.dense.dims() == std::vector<std::int64_t>{2, 2, 3, 1});
  CHECK(batch.dense.data<std::uint8_t>()[11] == 12);
}

TEST_CASE("gzip is recognised, also in several members") {
  const Bytes head(kImages.begin(), kImages.begin() + 20),
      tail(kImages.begin() + 20, kImages.end());
  Bytes members = gzip(head);
  const Bytes second = gzip(tail);
  members.insert(members.end(), second.begin(), second.end());
  const auto source = data::open_idx(source_of(members), nullptr, {});
  CHECK(source->header().labels == io::LabelKind::kNone);
  CHECK(all_of(*source).dense.data<std::uint8_t>()[5] == 6);
}

TEST_CASE("the share of the samples read is known") {
  const auto source = data::open_idx(source_of(kImages), nullptr, {});
  CHECK(source->share() == 0.0);
  (void)all_of(*source);
  CHECK(source->share() == 1.0);
}

TEST_CASE("damaged gzip is an error") {
  const Bytes good = gzip(kImages);
  const auto read = [](const Bytes& bytes) {
    const auto source = data::open_idx(source_of(bytes, "a.gz"), nullptr, {});
    io::Batch batch;
    while (source->next(batch)) {
    }
  };
  CHECK_NOTHROW(read(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    REQUIRE_THROWS_AS(read({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}),
                      Error);
  }
  Bytes damaged = good;
  damaged[damaged.size() - 6] ^= 1;  // the checksum
  CHECK_THROWS_WITH(read(damaged),
                    Contains("a.gz: offset ") && Contains("gzip: incorrect data check"));
  damaged = good;
  damaged.insert(damaged.end(), {1, 2, 3});
  CHECK_THROWS_AS(read(damaged), Error);
}

TEST_CASE("files that are no such pair are refused") {
  const auto open = [](const Bytes& images, const Bytes& labels) {
    const auto source =
        data::open_idx(source_of(images, "images"), source_of(labels, "labels"), {});
    io::Batch batch;
    while (source->next(batch)) {
    }
  };
  Bytes bad = kImages;
  bad[7] = 3;
  CHECK_THROWS_WITH(open(bad, kLabels), "labels: 2 labels for 3 images of images");
  bad = kImages;
  bad.pop_back();
  CHECK_THROWS_WITH(open(bad, kLabels), "images: offset 16: images needs 12 bytes, 11 remain");
  bad = kImages;
  bad.push_back(0);
  CHECK_THROWS_WITH(open(bad, kLabels), "images: offset 28: bytes follow the last element");
  bad = kImages;
  bad[2] = 0x0D;
  CHECK_THROWS_WITH(open(bad, kLabels),
                    "images: offset 2: element type 0x0d is not unsigned byte, 0x08");
  bad = kImages;
  bad[8] = 0xFF;
  CHECK_THROWS_WITH(open(bad, kLabels), "images: side of 4278190082 is outside 1..65536");
  CHECK_THROWS_WITH(open(kLabels, kLabels), "images: offset 3: 1 dimensions are outside 3..4");
  CHECK_THROWS_WITH(open({1, 2, 3, 4}, kLabels),
                    "images: offset 0: no IDX file, it begins with 0x01020304");
}
