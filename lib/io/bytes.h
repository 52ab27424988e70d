// Where bytes come from and where they go: files, pipes, memory.
//
// Errors of the operating system are kIo and begin with the name of the file ("stdin" and
// "stdout" for the standard streams), so callers do not add it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace akida::io {

class ByteSource {
 public:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // Reads up to out.size() bytes and returns their number; 0 only at the end (or for an empty
  // `out`). A pipe may return fewer bytes than asked for.
  [[nodiscard]] std::size_t read(std::span<std::byte> out);

  // The next `count` bytes without consuming them, fewer at the end. Valid until the next call.
  [[nodiscard]] std::span<const std::byte> peek(std::size_t count);

  // Bytes consumed so far.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

  // Bytes that the source probably holds, from its start; 0 where that is not known (a pipe).
  [[nodiscard]] virtual std::uint64_t size_hint() const { return 0; }

  // What messages call this source.
  [[nodiscard]] const std::string& name() const { return name_; }

 protected:
  // The next bytes of the underlying file; 0 at the end.
  virtual std::size_t read_some(std::span<std::byte> out) = 0;

 private:
  std::string name_;
  std::vector<std::byte> peeked_;  // read but not consumed
  std::size_t peeked_used_ = 0;
  std::uint64_t offset_ = 0;
};

// A file or FIFO; "-" is standard input. Throws kIo when it cannot be opened.
[[nodiscard]] std::unique_ptr<ByteSource> open_source(const std::string& path);

// The bytes of `bytes`, which must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes,
                                                        std::string name = "memory");

// Reads until `out` is full or the source ends; returns the bytes read.
[[nodiscard]] std::size_t read_full(ByteSource& source, std::span<std::byte> out);

// Everything up to the end. Throws kFormat when there are more than `limit` bytes.
[[nodiscard]] std::vector<std::byte> read_all(ByteSource& source, std::uint64_t limit);

// Exactly `count` bytes, or fewer when the source ends first; memory grows with the bytes that
// arrive or that the source holds, never with `count` alone.
[[nodiscard]] std::vector<std::byte> read_up_to(ByteSource& source, std::uint64_t count);

// What `work()` returns; an Error about the content of `source` begins with its name, which errors
// of the operating system have already.
template <typename Source, typename Work>
decltype(auto) with_name_of(const Source& source, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
    throw error.with_context(source.name());
  }
}

class ByteSink {
 public:
  explicit ByteSink(std::string name) : name_(std::move(name)) {}
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;  // a file that was not closed vanishes

  virtual void write(std::span<const std::byte> bytes) = 0;
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  // Hands what was written on to whoever reads the other end of a pipe; a file keeps its temporary
  // name.
  virtual void flush() {}

  // Flushes, closes with a check and gives the file its name. Nothing is written afterwards.
  virtual void close() = 0;

  // What messages call this sink.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
};

// "-" is standard output. A file appears under its name only on close(): until then the bytes
// are in ".NAME.tmp-XXXXXX" beside it, which is removed when the sink is destroyed unclosed, and
// by unlink_temporaries(). An existing file is replaced and keeps its permissions, which
// the temporary has from the start; a symbolic link is followed, even to a file that does not exist
// yet; a device or FIFO is written directly. Throws kIo when it cannot be created.
[[nodiscard]] std::unique_ptr<ByteSink> open_sink(const std::string& path);

// Collects the bytes.
class MemorySink final : public ByteSink {
 public:
  MemorySink() : ByteSink("memory") {}
  using ByteSink::write;
  void write(std::span<const std::byte> bytes) override;
  void close() override {}
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// Removes every temporary of a sink that is still open. Async-signal-safe: for the handlers of
// INT, TERM, HUP and PIPE, which then re-raise the signal.
void unlink_temporaries() noexcept;

}  // namespace akida::io
