// Labelled samples in memory, in any order of access: what training reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/sample.h"

namespace akida::nn {

// What is known about a sample; only the part of the stream's label kind is there.
struct Label {
  std::int32_t class_index = -1;
  std::span<const float> targets;
  std::span<const io::Box> boxes;
};

class SampleSet {
 public:
  // `name`: what messages call the samples, usually a file.
  explicit SampleSet(io::StreamHeader header, std::string name = "samples")
      : header_(std::move(header)), name_(std::move(name)) {}

  // Takes the samples of `batch`, which belongs to the header; empty batches are ignored.
  void append(io::Batch batch);

  [[nodiscard]] const io::StreamHeader& header() const { return header_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t size() const { return size_; }  // samples

  // The sample's values as stored, [height, width, channels]; events on zeros.
  void copy_values(std::size_t index, std::span<float> values) const;

  // Points into the set.
  [[nodiscard]] Label label_of(std::size_t index) const;

  // The sample's id, or its index where it has none.
  [[nodiscard]] std::string id_of(std::size_t index) const;

  // CRC-32C over values and labels of all samples in order, however they were batched: tells
  // whether two runs read the same samples.
  [[nodiscard]] std::uint32_t fingerprint() const;

 private:
  struct Place {
    const io::Batch* batch;
    std::size_t row;
  };
  [[nodiscard]] Place place_of(std::size_t index) const;

  io::StreamHeader header_;
  std::string name_;
  std::vector<io::Batch> batches_;
  std::vector<std::size_t> starts_;                     // index of the first sample of each batch
  std::vector<std::vector<std::size_t>> first_events_;  // of each sample of each batch, and the end
  std::size_t size_ = 0;
};

}  // namespace akida::nn
