#include "data/npy_arrays.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "io/npy.h"

using namespace akida;

namespace {

// Keeps the bytes that the sources point into.
struct Pair {
  Pair(const Dense& samples, const Dense& labels) {
    io::write_npy(samples_file, samples);
    io::write_npy(labels_file, labels);
  }
  std::unique_ptr<data::SampleSource> open() {
    return data::open_npy(io::memory_source(samples_file.bytes(), "samples"),
                          io::memory_source(labels_file.bytes(), "labels"), {});
  }
  io::MemorySink samples_file, labels_file;
};

}  // namespace

TEST_CASE("an array with integer labels gives samples with classes, in bounded batches") {
  Dense array(DType::kU8, {3000, 20, 30});
  for (std::size_t i = 0; i < 3000; ++i) array.data<std::uint8_t>()[i * 600 + 7] = i % 256;
  Dense labels(DType::kI32, {3000});
  for (std::size_t i = 0; i < 3000; ++i) labels.data<std::int32_t>()[i] = static_cast<int>(i) - 1;
  Pair pair(array, labels);
  const auto source = pair.open();
  CHECK(source->header().shape == Shape{.width = 30, .height = 20, .channels = 1});
  io::Batch batch;
  std::size_t seen = 0;
  while (source->next(batch)) {
    CHECK(batch.dense.bytes().size() <= data::kBatchBytes);
    for (std::size_t i = 0; i < batch.size; ++i, ++seen) {
      REQUIRE(batch.classes[i] == static_cast<int>(seen) - 1);
      REQUIRE(batch.dense.data<std::uint8_t>()[i * 600 + 7] == seen % 256);
    }
  }
  CHECK(seen == 3000);
}

TEST_CASE("rows of numbers are samples of one place, floats are targets") {
  const std::vector<std::int8_t> values = {-1, 2, -128, 127};
  const std::vector<double> targets = {0.5, -0.25};
  Pair pair(Dense::from<std::int8_t>(values, {2, 2}), Dense::from<double>(targets, {2, 1}));
  const auto source = pair.open();
  CHECK(source->header().shape == Shape{.width = 1, .height = 1, .channels = 2});
  CHECK(source->header().targets == 1);
  io::Batch batch;
  REQUIRE(source->next(batch));
  CHECK(batch.dense.data<std::int32_t>()[2] == -128);
  CHECK(batch.targets == std::vector<float>{0.5F, -0.25F});
}

TEST_CASE("float64 becomes float32, what is no finite one is refused") {
  Dense labels(DType::kI32, {2});
  const auto first = [&](double value) {
    const std::vector<double> values = {0.1, 2, 3, value};
    Pair pair(Dense::from<double>(values, {2, 2}), labels);
    const auto source = pair.open();
    CHECK(source->header().dtype == DType::kF32);
    io::Batch batch;
    (void)source->next(batch);
    return batch.dense.data<float>()[0];
  };
  CHECK(first(-4) == 0.1F);
  CHECK_THROWS_WITH(first(1e39), "samples: sample 1: value 1e+39 is no finite float32");
  CHECK_THROWS_WITH(first(std::nan("")), "samples: sample 1: value nan is no finite float32");
}

TEST_CASE("arrays that are no samples are refused") {
  Dense labels(DType::kI32, {2});
  CHECK_THROWS_WITH(Pair(Dense(DType::kU8, {3, 2, 2}), labels).open(),
                    "labels: 2 labels for 3 samples of samples");
  CHECK_THROWS_WITH(Pair(Dense(DType::kU8, {2}), labels).open(),
                    "samples: samples have 1 dimensions, not 2 to 4");
  CHECK_THROWS_WITH(Pair(Dense(DType::kU8, {2, 0, 2}), labels).open(),
                    "samples: height 0 is outside 1..65536");
  CHECK_THROWS_WITH(Pair(Dense(DType::kU8, {2, 2}), Dense(DType::kF32, {2})).open(),
                    "labels: labels are neither integers [n] nor floats [n, k]");
}
