#include "nn/sample_set.h"

#include <catch2/catch.hpp>

#include "io/batch.h"
#include "stream_examples.h"

using namespace akida;
using namespace akida::nn;

namespace {

constexpr std::size_t kSamples = 12;

// The example's samples in batches of `size`.
SampleSet load(const stream_examples::Example& example, std::size_t size) {
  SampleSet set(example.header);
  for (std::size_t first = 0; first < example.batch.size; first += size) {
    io::Batch part;
    io::append(example.header, example.batch, first, std::min(size, example.batch.size - first),
               part);
    set.append(std::move(part));
  }
  return set;
}

}  // namespace

TEST_CASE("samples of every kind come back by index, however they were batched") {
  for (const auto& example : stream_examples::all(kSamples, "s")) {
    const SampleSet set = load(example, 5);
    REQUIRE(set.size() == kSamples);
    const Dense dense = io::to_dense(example.header, example.batch);
    std::vector<float> values(static_cast<std::size_t>(example.header.shape.size()));
    for (std::size_t i = 0; i < kSamples; ++i) {
      CHECK(set.id_of(i) == example.batch.ids[i]);
      set.copy_values(i, values);
      for (std::size_t j = 0; j < values.size(); ++j) {
        const auto flat = static_cast<std::int64_t>(i * values.size() + j);
        REQUIRE(values[j] == static_cast<float>(dense.value(flat)));
      }
      const Label label = set.label_of(i);
      if (example.header.labels == io::LabelKind::kClass) {
        CHECK(label.class_index == example.batch.classes[i]);
      }
      for (std::size_t j = 0; j < label.targets.size(); ++j) {
        CHECK(label.targets[j] == example.batch.targets[i * example.header.targets + j]);
      }
      if (example.header.labels == io::LabelKind::kBoxes) {
        CHECK(std::equal(label.boxes.begin(), label.boxes.end(),
                         example.batch.boxes[i].boxes.begin(), example.batch.boxes[i].boxes.end()));
      }
    }
  }
}

TEST_CASE("the fingerprint knows values and labels, not batches") {
  for (auto example : stream_examples::all(kSamples, "s")) {
    const std::uint32_t whole = load(example, kSamples).fingerprint();
    CHECK(load(example, 1).fingerprint() == whole);
    CHECK(load(example, 5).fingerprint() == whole);
    if (!example.batch.classes.empty()) {
      ++example.batch.classes[7];
      CHECK(load(example, 5).fingerprint() != whole);
    } else if (!example.batch.events.empty()) {
      ++example.batch.events[3].value;
      CHECK(load(example, 5).fingerprint() != whole);
    } else {
      example.batch.dense.bytes()[5] ^= std::byte{1};
      CHECK(load(example, 5).fingerprint() != whole);
    }
  }
}
