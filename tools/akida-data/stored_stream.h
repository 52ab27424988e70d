// A whole stream in memory, for verbs that need samples out of order.
#pragma once

#include <cstddef>
#include <vector>

#include "common/sample_input.h"

namespace akida::data_tool {

class StoredStream {
 public:
  // Reads `input` to its end.
  explicit StoredStream(cli::SampleInput& input);

  [[nodiscard]] const io::StreamHeader& header() const { return header_; }
  [[nodiscard]] std::size_t size() const { return size_; }  // samples
  [[nodiscard]] const std::vector<io::Batch>& batches() const { return batches_; }

  // Sample `index` as a batch of one.
  [[nodiscard]] io::Batch sample(std::size_t index) const;

 private:
  io::StreamHeader header_;
  std::vector<io::Batch> batches_;
  std::vector<std::size_t> starts_;  // index of the first sample of each batch
  std::size_t size_ = 0;
};

}  // namespace akida::data_tool
