// The unread bytes of a source in one piece, refilled with what is there: a reader of a live pipe
// decodes what has arrived and never waits for a full buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/bytes.h"

namespace akida::data {

class ByteWindow {
 public:
  static constexpr std::size_t kFillBytes = std::size_t{1} << 16;  // at most, per fill()

  explicit ByteWindow(std::unique_ptr<io::ByteSource> source) : source_(std::move(source)) {}

  // Bytes read but not consumed. Valid until the next call of another function.
  [[nodiscard]] std::span<const std::byte> bytes() const {
    return std::span(buffer_).subspan(begin_, end_ - begin_);
  }

  // Reads once, what a pipe has; false at the end of the source.
  [[nodiscard]] bool fill();

  // Reads until there are `count` bytes; false where the source ends before.
  [[nodiscard]] bool fill_to(std::size_t count);

  // The first `count` bytes, to be consumed; kFormat where the source ends before: "offset 12:
  // file is truncated: packet header needs 28 bytes, 3 remain". Memory grows with what arrives.
  [[nodiscard]] std::span<const std::byte> need(std::size_t count, std::string_view what);

  void consume(std::size_t count) { begin_ += count; }

  // Takes a line that begins with `mark` off the front and returns it without mark and line end;
  // nothing where the next bytes begin otherwise. Throws kFormat for a line above 1 MiB.
  [[nodiscard]] std::optional<std::string> take_line(std::string_view mark);

  // Of the first unread byte.
  [[nodiscard]] std::uint64_t offset() const { return source_->offset() - bytes().size(); }
  [[nodiscard]] const std::string& name() const { return source_->name(); }

  // Throws kFormat: "file: offset 12: <what>", with the offset of byte `at` of bytes().
  template <typename... Args>
  [[noreturn]] void refuse(std::size_t at, fmt::format_string<Args...> format,
                           Args&&... args) const {
    fail(ErrorKind::kFormat, "{}: offset {}: {}", name(), offset() + at,
         fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  std::unique_ptr<io::ByteSource> source_;
  std::vector<std::byte> buffer_;  // room, never shrunk
  std::size_t begin_ = 0;          // of the unread bytes in buffer_
  std::size_t end_ = 0;
};

}  // namespace akida::data
