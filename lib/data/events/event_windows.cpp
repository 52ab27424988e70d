#include "data/events/event_windows.h"

namespace akida::data {

std::size_t EventWindows::take(std::span<const io::Event> events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!holds(events[i].time)) return i;
  }
  return events.size();
}

bool EventWindows::holds(std::int64_t time) {
  if (!has_start_) {
    start_ = time;
    has_start_ = true;
    return true;
  }
  if (time < start_) {
    const std::uint64_t early =
        static_cast<std::uint64_t>(start_) - static_cast<std::uint64_t>(time);
    if (early <= length_) return true;
    start_ = time;
    return false;
  }
  const std::uint64_t late = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(start_);
  if (late < length_) return true;
  const std::uint64_t whole = late - late % length_;
  start_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(start_) + whole);
  return false;
}

}  // namespace akida::data
