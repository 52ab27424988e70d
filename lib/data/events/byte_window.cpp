#include "data/events/byte_window.h"

#include <algorithm>

namespace akida::data {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

}  // namespace

bool ByteWindow::fill() {
  if (buffer_.size() - end_ < kFillBytes) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() - end_ < kFillBytes) buffer_.resize(2 * (end_ + kFillBytes));
  }
  const std::size_t got = source_->read(std::span(buffer_).subspan(end_, kFillBytes));
  end_ += got;
  return got > 0;
}

bool ByteWindow::fill_to(std::size_t count) {
  while (bytes().size() < count) {
    if (!fill()) return false;
  }
  return true;
}

std::span<const std::byte> ByteWindow::need(std::size_t count, std::string_view what) {
  if (!fill_to(count)) {
    refuse(0, "file is truncated: {} needs {} bytes, {} remain", what, count, bytes().size());
  }
  return bytes().first(count);
}

std::optional<std::string> ByteWindow::take_line(std::string_view mark) {
  (void)fill_to(mark.size());
  const auto begins = [&] {
    const auto head = bytes().first(std::min(mark.size(), bytes().size()));
    return std::ranges::equal(head, std::as_bytes(std::span(mark)));
  };
  if (!begins()) return std::nullopt;
  for (std::size_t searched = mark.size();;) {
    const auto rest = bytes().subspan(searched);
    const auto end = std::ranges::find(rest, std::byte{'\n'});
    const std::size_t length = searched + static_cast<std::size_t>(end - rest.begin());
    if (length > kMaxLineBytes) {
      refuse(0, "header line is longer than {} bytes, the limit", kMaxLineBytes);
    }
    const bool complete = end != rest.end();
    if (!complete && fill()) {
      searched = length;
      continue;
    }
    std::string line(reinterpret_cast<const char*>(bytes().data()) + mark.size(),
                     length - mark.size());
    if (line.ends_with('\r')) line.pop_back();
    consume(complete ? length + 1 : length);
    return line;
  }
}

}  // namespace akida::data
