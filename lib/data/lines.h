// Text line by line, with the number of the line for messages.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/bytes.h"

namespace akida::data {

class LineReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 65536;

  // `limit`: the most bytes of a line.
  explicit LineReader(std::unique_ptr<io::ByteSource> source, std::size_t limit = kMaxLineBytes)
      : source_(std::move(source)), limit_(limit) {}

  // The next line without its end ("\n" or "\r\n"), the first one without a byte order mark; false
  // after the last one. Valid until the next call. Throws kFormat for a line above the limit.
  [[nodiscard]] bool next(std::string_view& line);

  // Whether next() returns a line without reading more of the source, which may make it wait.
  [[nodiscard]] bool has_line() const;

  // The share of the source read so far, 0..1; none where its size is not known.
  [[nodiscard]] std::optional<double> share() const;

  // Of the line last returned, from 1.
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] const std::string& name() const { return source_->name(); }

  // Throws kFormat: "file: line 7: <what>".
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  std::unique_ptr<io::ByteSource> source_;
  std::size_t limit_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;  // of the bytes in buffer_ that were not returned yet
  std::size_t number_ = 0;
};

// One class name per line, in the order of the class indices, at most io::kMaxClasses of them.
// Throws kFormat where there are none, kInvalid for a line that a stream cannot hold as a class
// name (empty, with control characters).
[[nodiscard]] std::vector<std::string> read_class_names(std::unique_ptr<io::ByteSource> source);

// Throws kInvalid where two classes have one name: for names that something is found by. (Two of
// ImageNet's are called "crane".)
void require_distinct(const std::vector<std::string>& names);

}  // namespace akida::data
