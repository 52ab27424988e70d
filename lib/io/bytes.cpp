#include "io/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace akida::io {
namespace {

constexpr std::uint64_t kGrowth = std::uint64_t{1} << 20;  // first step of buffers that grow

class FileSource final : public ByteSource {
 public:
  FileSource(std::string name, int descriptor, bool owned)
      : ByteSource(std::move(name)), descriptor_(descriptor), owned_(owned) {}
  ~FileSource() override {
    if (owned_) ::close(descriptor_);
  }

  [[nodiscard]] std::uint64_t size_hint() const override {
    struct stat info {};
    const bool is_file = ::fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode);
    return is_file ? static_cast<std::uint64_t>(info.st_size) : 0;
  }

 protected:
  std::size_t read_some(std::span<std::byte> out) override {
    for (;;) {
      const ssize_t got = ::read(descriptor_, out.data(), out.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) fail(ErrorKind::kIo, "{}: cannot read: {}", name(), strerror(errno));
    }
  }

 private:
  int descriptor_;
  bool owned_;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string name, std::span<const std::byte> bytes)
      : ByteSource(std::move(name)), bytes_(bytes) {}

 protected:
  std::size_t read_some(std::span<std::byte> out) override {
    const std::size_t count = std::min(out.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace

std::size_t ByteSource::read(std::span<std::byte> out) {
  std::size_t count = 0;
  if (peeked_used_ < peeked_.size()) {
    count = std::min(out.size(), peeked_.size() - peeked_used_);
    std::copy_n(peeked_.begin() + static_cast<std::ptrdiff_t>(peeked_used_), count, out.begin());
    peeked_used_ += count;
  } else if (!out.empty()) {
    count = read_some(out);
  }
  offset_ += count;
  return count;
}

std::span<const std::byte> ByteSource::peek(std::size_t count) {
  peeked_.erase(peeked_.begin(), peeked_.begin() + static_cast<std::ptrdiff_t>(peeked_used_));
  peeked_used_ = 0;
  while (peeked_.size() < count) {
    const std::size_t have = peeked_.size();
    peeked_.resize(count);
    const std::size_t got = read_some(std::span(peeked_).subspan(have));
    peeked_.resize(have + got);
    if (got == 0) break;
  }
  return std::span(peeked_).first(std::min(count, peeked_.size()));
}

std::unique_ptr<ByteSource> open_source(const std::string& path) {
  if (path == "-") return std::make_unique<FileSource>("stdin", STDIN_FILENO, false);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(ErrorKind::kIo, "{}: cannot open: {}", path, strerror(errno));
  auto source = std::make_unique<FileSource>(path, descriptor, true);
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
    fail(ErrorKind::kIo, "{}: cannot open: is a directory", path);
  }
  return source;
}

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string name) {
  return std::make_unique<MemorySource>(std::move(name), bytes);
}

std::size_t read_full(ByteSource& source, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const std::size_t got = source.read(out.subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

std::vector<std::byte> read_up_to(ByteSource& source, std::uint64_t count) {
  const std::uint64_t size = source.size_hint();
  std::uint64_t step = size > source.offset() ? size - source.offset() : kGrowth;
  std::vector<std::byte> bytes;
  while (bytes.size() < count && (bytes.empty() || !source.peek(1).empty())) {
    const std::size_t have = bytes.size();
    step = std::min(step, count - have);
    bytes.resize(have + step);
    const std::size_t got = read_full(source, std::span(bytes).subspan(have));
    bytes.resize(have + got);
    if (got < step) break;
    step = std::max<std::uint64_t>(bytes.size(), kGrowth);
  }
  return bytes;
}

std::vector<std::byte> read_all(ByteSource& source, std::uint64_t limit) {
  std::vector<std::byte> bytes = read_up_to(source, limit);
  if (!source.peek(1).empty()) {
    fail(ErrorKind::kFormat, "{}: more than {} bytes, the limit", source.name(), limit);
  }
  return bytes;
}

void MemorySink::write(std::span<const std::byte> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

}  // namespace akida::io
