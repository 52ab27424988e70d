// A stream that can be gone through several times: a file is read again, anything else is held in
// memory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "akida-data/stored_stream.h"
#include "base/error.h"
#include "common/sample_input.h"

namespace akida::data_tool {

class RepeatedInput {
 public:
  // Opens `path` ("-": standard input) and reads the header.
  RepeatedInput(std::string path, std::optional<bool> progress)
      : path_(std::move(path)), progress_(progress) {
    cli::SampleInput input(path_, progress_);
    header_ = input.header();
    name_ = input.name();
    std::error_code unknown;
    if (path_ == "-" || !std::filesystem::is_regular_file(path_, unknown)) stored_.emplace(input);
  }

  [[nodiscard]] const io::StreamHeader& header() const { return header_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // Calls work(batch) for one batch after another.
  template <typename Work>
  void for_each_batch(const Work& work) const {
    if (stored_) {
      for (const io::Batch& batch : stored_->batches()) work(batch);
      return;
    }
    cli::SampleInput input(path_, progress_);
    if (input.header() != header_) fail(ErrorKind::kIo, "{}: changed while it was read", path_);
    for (io::Batch batch; input.next(batch);) work(batch);
  }

 private:
  std::string path_;
  std::string name_;
  std::optional<bool> progress_;
  io::StreamHeader header_;
  std::optional<StoredStream> stored_;
};

}  // namespace akida::data_tool
