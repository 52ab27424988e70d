// Samples from files of other formats, in batches of bounded size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "io/sample.h"

namespace akida::data {

// Batches hold about this many bytes of samples, one sample at least.
inline constexpr std::size_t kBatchBytes = std::size_t{1} << 20;

class SampleSource {
 public:
  SampleSource() = default;
  SampleSource(const SampleSource&) = delete;
  SampleSource& operator=(const SampleSource&) = delete;
  virtual ~SampleSource() = default;

  // What messages call the samples: "a.csv", "a.csv and 3 more".
  [[nodiscard]] virtual std::string name() const = 0;

  // What a stream of these samples declares.
  [[nodiscard]] const io::StreamHeader& header() const { return header_; }

  // Replaces `batch` by the next samples; false after the last one. Ids stay empty where samples
  // have none but their index. Throws Error with the file's name in front.
  [[nodiscard]] virtual bool next(io::Batch& batch) = 0;

  // The share of the work done so far, 0..1; none where it is not known.
  [[nodiscard]] virtual std::optional<double> share() const { return std::nullopt; }

 protected:
  io::StreamHeader header_;
};

}  // namespace akida::data
