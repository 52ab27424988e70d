#include "data/lines.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "io/batch.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of UTF-8; spreadsheets write it

}  // namespace

bool LineReader::next(std::string_view& line) {
  constexpr std::size_t kChunk = std::size_t{1} << 16;
  std::size_t searched = begin_;
  for (;;) {
    const auto end = std::find(buffer_.begin() + static_cast<std::ptrdiff_t>(searched),
                               buffer_.end(), std::byte{'\n'});
    const auto length = static_cast<std::size_t>(end - buffer_.begin()) - begin_;
    bool complete = end != buffer_.end();
    if (!complete && length <= limit_) {
      buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
      begin_ = 0;
      searched = buffer_.size();
      buffer_.resize(searched + kChunk);
      const std::size_t got = source_->read(std::span(buffer_).subspan(searched));
      buffer_.resize(searched + got);
      if (got > 0) continue;
      if (buffer_.empty()) return false;
      complete = true;  // the last line lacks its end
    }
    ++number_;
    if (length > limit_) {
      refuse(fmt::format("line is longer than {} bytes, the limit", limit_));
    }
    line = {reinterpret_cast<const char*>(buffer_.data()) + begin_, length};
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    begin_ = std::min(begin_ + length + 1, buffer_.size());
    return complete;
  }
}

bool LineReader::has_line() const {
  return std::find(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.end(),
                   std::byte{'\n'}) != buffer_.end();
}

std::optional<double> LineReader::share() const {
  const std::uint64_t size = source_->size_hint();
  if (size == 0) return std::nullopt;
  return static_cast<double>(source_->offset()) / static_cast<double>(size);
}

void LineReader::refuse(const std::string& what) const {
  fail(ErrorKind::kFormat, "{}: line {}: {}", name(), number_, what);
}

std::vector<std::string> read_class_names(std::unique_ptr<io::ByteSource> source) {
  LineReader lines(std::move(source));
  std::vector<std::string> names;
  for (std::string_view line; lines.next(line);) {
    if (names.size() == io::kMaxClasses) {
      lines.refuse(fmt::format("more than {} names, the limit", io::kMaxClasses));
    }
    names.emplace_back(line);
  }
  if (names.empty()) fail(ErrorKind::kFormat, "{}: no class names in it", lines.name());
  in_context(lines.name(), [&] { io::validate_class_names(names); });
  return names;
}

void require_distinct(const std::vector<std::string>& names) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [before, is_new] = seen.emplace(names[i], i);
    if (is_new) continue;
    fail(ErrorKind::kInvalid, "classes {} and {} are both called '{}'", before->second, i,
         names[i]);
  }
}

}  // namespace akida::data
