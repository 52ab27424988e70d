#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "io/bytes.h"

namespace akida::io {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
constexpr std::size_t kMaxStem = 200;  // of the target's name inside the temporary's name
constexpr int kMaxLinks = 40;          // followed in a row, as by Linux

// The list a signal handler walks. Nodes are never freed: a handler on another thread may be
// reading one, and a process makes few files.
struct Temporary {
  explicit Temporary(std::string name) : path(std::move(name)) {}
  const std::string path;
  std::atomic<bool> active{true};
  Temporary* next = nullptr;
};
static_assert(std::atomic<Temporary*>::is_always_lock_free);
static_assert(std::atomic<bool>::is_always_lock_free);

std::atomic<Temporary*> temporaries{nullptr};

Temporary* register_temporary(std::string path) {
  auto* node = new Temporary(std::move(path));
  node->next = temporaries.load();
  while (!temporaries.compare_exchange_weak(node->next, node)) {
  }
  return node;
}

// Writes through a buffer to a descriptor; what close() means is up to the derived class.
class DescriptorSink : public ByteSink {
 public:
  DescriptorSink(std::string name, int descriptor)
      : ByteSink(std::move(name)), descriptor_(descriptor) {
    buffer_.reserve(kBufferBytes);
  }

  using ByteSink::write;
  void write(std::span<const std::byte> bytes) override {
    if (buffer_.size() + bytes.size() > kBufferBytes) flush();
    if (bytes.size() >= kBufferBytes) {
      write_out(bytes);
    } else {
      buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }
  }

  void flush() override {
    write_out(buffer_);
    buffer_.clear();
  }

  void close() override { flush(); }

 protected:
  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Closes the descriptor; false with errno when that failed.
  [[nodiscard]] bool close_descriptor() { return ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  void write_out(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
      if (put >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(put));
      } else if (errno != EINTR) {
        fail(ErrorKind::kIo, "{}: cannot write: {}", name(), strerror(errno));
      }
    }
  }

  int descriptor_;
  std::vector<std::byte> buffer_;
};

// A device or FIFO that is there already.
class DeviceSink final : public DescriptorSink {
 public:
  using DescriptorSink::DescriptorSink;
  ~DeviceSink() override {
    if (descriptor() >= 0) (void)close_descriptor();
  }
  void close() override {
    flush();
    if (!close_descriptor()) {
      fail(ErrorKind::kIo, "{}: cannot close: {}", name(), strerror(errno));
    }
  }
};

class AtomicFileSink final : public DescriptorSink {
 public:
  AtomicFileSink(std::string name, int descriptor, std::string target, Temporary* temporary)
      : DescriptorSink(std::move(name), descriptor),
        target_(std::move(target)),
        temporary_(temporary) {}

  ~AtomicFileSink() override {
    if (descriptor() >= 0) (void)close_descriptor();
    if (temporary_->active) {
      ::unlink(temporary_->path.c_str());
      temporary_->active = false;
    }
  }

  void close() override {
    flush();
    if (!close_descriptor()) {
      fail(ErrorKind::kIo, "{}: cannot close: {}", name(), strerror(errno));
    }
    if (::rename(temporary_->path.c_str(), target_.c_str()) != 0) {
      fail(ErrorKind::kIo, "{}: cannot rename '{}': {}", name(), temporary_->path, strerror(errno));
    }
    temporary_->active = false;
  }

 private:
  std::string target_;
  Temporary* temporary_;
};

std::string temporary_name(const std::filesystem::path& target) {
  std::uint32_t random = 0;
  if (::getrandom(&random, sizeof random, 0) < 0) random = static_cast<std::uint32_t>(::getpid());
  const std::string stem = target.filename().string().substr(0, kMaxStem);
  return (target.parent_path() / fmt::format(".{}.tmp-{:08x}", stem, random)).string();
}

// The file that `path` names through symbolic links, whether or not it exists: a link keeps
// pointing at what it names.
std::filesystem::path followed(const std::string& path) {
  std::filesystem::path target = path;
  std::error_code none;
  for (int links = 0; std::filesystem::is_symlink(target, none); ++links) {
    if (links == kMaxLinks) fail(ErrorKind::kIo, "{}: cannot create: {}", path, strerror(ELOOP));
    target = target.parent_path() / std::filesystem::read_symlink(target, none);
  }
  return target;
}

std::unique_ptr<ByteSink> open_atomic(const std::string& path) {
  const std::filesystem::path target = followed(path);
  struct stat info {};
  const bool exists = ::stat(target.c_str(), &info) == 0;
  const mode_t mode = exists ? info.st_mode & 07777 : 0666;
  for (;;) {
    Temporary* temporary = register_temporary(temporary_name(target));
    const int descriptor =
        ::open(temporary->path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777);
    if (descriptor >= 0) {
      if (exists) (void)::fchmod(descriptor, mode);  // what the umask took away
      return std::make_unique<AtomicFileSink>(path, descriptor, target.string(), temporary);
    }
    temporary->active = false;
    if (errno != EEXIST) fail(ErrorKind::kIo, "{}: cannot create: {}", path, strerror(errno));
  }
}

}  // namespace

std::unique_ptr<ByteSink> open_sink(const std::string& path) {
  if (path == "-") return std::make_unique<DescriptorSink>("stdout", STDOUT_FILENO);
  if (path.empty()) fail(ErrorKind::kIo, "'': cannot create: the name is empty");
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode)) return open_atomic(path);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) fail(ErrorKind::kIo, "{}: cannot create: {}", path, strerror(errno));
  return std::make_unique<DeviceSink>(path, descriptor);
}

void unlink_temporaries() noexcept {
  for (Temporary* node = temporaries.load(); node != nullptr; node = node->next) {
    if (node->active) ::unlink(node->path.c_str());
  }
}

}  // namespace akida::io
