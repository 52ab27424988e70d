#include "data/events/event_filters.h"

#include <algorithm>

#include "base/error.h"

namespace akida::data {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

// Microseconds between two times, whichever is earlier.
std::uint64_t distance(std::int64_t a, std::int64_t b) {
  const auto [low, high] = std::minmax(a, b);
  return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
}

std::int32_t divided_up(std::int32_t side, std::int32_t by) {
  return side / by + (side % by != 0 ? 1 : 0);
}

}  // namespace

void EventFilter::TimeMap::resize(std::int32_t width, std::int32_t height) {
  stride_ = static_cast<std::size_t>(width) + 2;
  times_.assign(stride_ * (static_cast<std::size_t>(height) + 2), kNever);
}

void EventFilter::TimeMap::clear() { std::ranges::fill(times_, kNever); }

bool EventFilter::TimeMap::has_neighbour(std::uint32_t x, std::uint32_t y, std::int64_t time,
                                         std::int64_t within) const {
  const std::size_t corner = std::size_t{y} * stride_ + x;  // up and left of the pixel
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      if (row == 1 && column == 1) continue;
      const std::int64_t last = times_[corner + row * stride_ + column];
      if (last != kNever && distance(time, last) <= static_cast<std::uint64_t>(within)) return true;
    }
  }
  return false;
}

EventFilter::EventFilter(const EventFilterOptions& options, const Shape& sensor)
    : options_(options),
      region_(options.region.value_or(EventRegion{0, 0, sensor.width, sensor.height})),
      channels_(static_cast<std::uint32_t>(sensor.channels)) {
  const bool known = sensor.width > 0;
  if (known &&
      (region_.x + region_.width > sensor.width || region_.y + region_.height > sensor.height)) {
    fail(ErrorKind::kInvalid, "region of {} x {} at ({}, {}) does not lie on {} x {} pixels",
         region_.width, region_.height, region_.x, region_.y, sensor.width, sensor.height);
  }
  shape_ = {.width = divided_up(region_.width, options.downscale),
            .height = divided_up(region_.height, options.downscale),
            .channels = options.polarity == PolarityFilter::kMerge ? 1 : sensor.channels};
  const std::int64_t pixels = std::int64_t{region_.width} * region_.height;
  if ((options.background > 0 || options.refractory > 0) && pixels > kMaxFilterPixels) {
    fail(ErrorKind::kInvalid, "filter of {} x {} pixels exceeds limit {}", region_.width,
         region_.height, kMaxFilterPixels);
  }
  if (options.background > 0) background_.resize(region_.width, region_.height);
  if (options.refractory > 0) refractory_.resize(shape_.width, shape_.height);
}

void EventFilter::reset() {
  has_first_ = false;
  count_ = 0;
  background_.clear();
  refractory_.clear();
}

void EventFilter::apply(std::vector<io::Event>& events) {
  std::size_t kept = 0;
  for (io::Event& event : events) {
    if (keep(event)) events[kept++] = event;
    ++count_;
  }
  events.resize(kept);
}

bool EventFilter::keeps_time(std::int64_t time) {
  if (!has_first_) {
    first_time_ = time;
    has_first_ = true;
  }
  const bool all = options_.from == 0 && options_.to == std::numeric_limits<std::int64_t>::max();
  if (all) return true;
  if (time < first_time_) return options_.from == 0;  // out of order, early
  const std::uint64_t since = distance(time, first_time_);
  return since >= static_cast<std::uint64_t>(options_.from) &&
         since < static_cast<std::uint64_t>(options_.to);
}

bool EventFilter::keep(io::Event& event) {
  if (!keeps_time(event.time)) return false;
  // Unsigned: what lies before the region is far behind it.
  const std::uint32_t x = event.x - static_cast<std::uint32_t>(region_.x);
  const std::uint32_t y = event.y - static_cast<std::uint32_t>(region_.y);
  const bool inside = x < static_cast<std::uint32_t>(region_.width) &&
                      y < static_cast<std::uint32_t>(region_.height);
  if (event.c >= channels_ || (!inside && !options_.region)) refuse(event);
  if (!inside) return false;
  event.x = x;
  event.y = y;
  if (options_.polarity == PolarityFilter::kOff && event.c != 0) return false;
  if (options_.polarity == PolarityFilter::kOn && event.c != 1) return false;
  if (options_.polarity == PolarityFilter::kMerge) event.c = 0;
  if (options_.background > 0) {
    background_.at(x, y) = event.time;
    if (!background_.has_neighbour(x, y, event.time, options_.background)) return false;
  }
  if (options_.downscale > 1) {
    event.x /= static_cast<std::uint32_t>(options_.downscale);
    event.y /= static_cast<std::uint32_t>(options_.downscale);
  }
  if (options_.refractory > 0) {
    std::int64_t& last = refractory_.at(event.x, event.y);
    const bool rests = last != kNever &&
                       distance(event.time, last) < static_cast<std::uint64_t>(options_.refractory);
    if (rests) return false;
    last = event.time;
  }
  return true;
}

void EventFilter::refuse(const io::Event& event) const {
  const auto outside = [&](const char* what, std::uint32_t value, std::int64_t size) {
    if (value < size) return;
    fail(ErrorKind::kInvalid, "event {}: {} {} is outside 0..{}", count_, what, value, size - 1);
  };
  outside("polarity", event.c, channels_);
  outside("x", event.x, region_.width);
  outside("y", event.y, region_.height);
  fail(ErrorKind::kInvalid, "event {} is outside the sensor", count_);
}

}  // namespace akida::data
