// A stream of samples as the tools read it: in batches of bounded size, with a progress bar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/progress.h"
#include "io/bytes.h"
#include "io/stream.h"

namespace akida::cli {

class SampleInput {
 public:
  // Opens `path` ("-": standard input) and reads the header.
  SampleInput(const std::string& path, std::optional<bool> progress);

  [[nodiscard]] const io::StreamHeader& header() const { return reader_.header(); }

  // What messages call the stream.
  [[nodiscard]] const std::string& name() const { return source_->name(); }

  // Replaces `batch` by the next samples; false after the last one.
  [[nodiscard]] bool next(io::Batch& batch);

  // Batches hold no more samples than make `bytes_per_sample` each stay near 64 MiB together:
  // for work whose results are larger than its samples.
  void bound_batches(std::uint64_t bytes_per_sample);

 private:
  [[nodiscard]] std::optional<double> share() const;

  std::unique_ptr<io::ByteSource> source_;
  io::StreamReader reader_;
  std::uint64_t file_size_ = 0;  // 0: unknown, as of a pipe
  std::size_t max_samples_;
  Progress progress_;
  std::uint64_t samples_ = 0;
  io::Batch frame_;        // as read
  std::size_t taken_ = 0;  // samples of frame_ already handed out
};

}  // namespace akida::cli
