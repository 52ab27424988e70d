// Windows of equal time over a recording; event_samples.h says how they lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/sample.h"

namespace akida::data {

class EventWindows {
 public:
  explicit EventWindows(std::int64_t microseconds)
      : length_(static_cast<std::uint64_t>(microseconds)) {}

  // The next events begin another recording.
  void reset() { has_start_ = false; }

  // How many of `events` belong to the open window, which the first event opens if none is. Where
  // that is not all of them the window is complete, and the next one opened for the event behind.
  [[nodiscard]] std::size_t take(std::span<const io::Event> events);

 private:
  // Whether the event belongs to the open window; if not, the window moves to it.
  [[nodiscard]] bool holds(std::int64_t time);

  std::uint64_t length_;
  bool has_start_ = false;
  std::int64_t start_ = 0;  // of the open window
};

}  // namespace akida::data
