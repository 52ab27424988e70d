#include "common/sample_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "io/batch.h"

namespace akida::cli {
namespace {

constexpr std::uint64_t kBatchBytes = std::uint64_t{64} << 20;

// Bytes of the file, 0 for what has no size.
std::uint64_t size_of_file(const std::string& path) {
  struct stat status = {};
  const int result = path == "-" ? fstat(STDIN_FILENO, &status) : stat(path.c_str(), &status);
  return result == 0 && S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

SampleInput::SampleInput(const std::string& path, std::optional<bool> progress)
    : source_(io::open_source(path)),
      reader_(*source_),
      file_size_(size_of_file(path)),
      max_samples_(std::numeric_limits<std::size_t>::max()),
      progress_(progress, "samples") {}

void SampleInput::bound_batches(std::uint64_t bytes_per_sample) {
  const std::uint64_t samples = kBatchBytes / std::max<std::uint64_t>(bytes_per_sample, 1);
  max_samples_ = static_cast<std::size_t>(std::max<std::uint64_t>(samples, 1));
}

bool SampleInput::next(io::Batch& batch) {
  progress_.update(samples_, share());
  if (taken_ == frame_.size) {
    taken_ = 0;
    if (!reader_.next(frame_)) return false;
  }
  const std::size_t count = std::min(frame_.size - taken_, max_samples_);
  if (count == frame_.size) {
    std::swap(batch, frame_);
    frame_ = {};
    taken_ = 0;
  } else {
    batch = {};
    io::append(header(), frame_, taken_, count, batch);
    taken_ += count;
  }
  samples_ += count;
  return true;
}

std::optional<double> SampleInput::share() const {
  if (file_size_ == 0) return std::nullopt;
  return static_cast<double>(source_->offset()) / static_cast<double>(file_size_);
}

}  // namespace akida::cli
