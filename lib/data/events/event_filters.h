// Stages that drop or move events of a recording, event by event in the order of recording.
//
// They apply in this order: time, region, polarity, background activity, downscaling, refractory
// period. Another order is had by piping one filter into the next.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "io/sample.h"
#include "tensor/shape.h"

namespace akida::data {

// Pixels whose last event a filter remembers.
inline constexpr std::int64_t kMaxFilterPixels = std::int64_t{1} << 26;

enum class PolarityFilter : std::uint8_t {
  kBoth,
  kOff,    // channel 0 only; the number of channels stays
  kOn,     // channel 1 only
  kMerge,  // all events on one channel
};

struct EventRegion {
  std::int32_t x = 0, y = 0, width = 0, height = 0;
};

struct EventFilterOptions {
  // Microseconds since the first event of the recording: from <= t < to.
  std::int64_t from = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  std::optional<EventRegion> region;  // drops what lies outside; its corner becomes (0, 0)
  PolarityFilter polarity = PolarityFilter::kBoth;
  // Background activity: an event stays where one of the 8 pixels around it had one, of any
  // polarity, at most so many microseconds away (Delbruck 2008); 0: off.
  std::int64_t background = 0;
  std::int32_t downscale = 1;  // divides x and y, rounding down; sides of the shape round up
  // Refractory period: an event goes where the last one kept at its pixel, of any polarity, is
  // less than so many microseconds away; 0: off.
  std::int64_t refractory = 0;

  // Whether any of it looks at times.
  [[nodiscard]] bool needs_times() const {
    return from > 0 || to < std::numeric_limits<std::int64_t>::max() || background > 0 ||
           refractory > 0;
  }
};

class EventFilter {
 public:
  // `sensor`: of the events; with a region its width and height may be 0, unknown. Throws kInvalid
  // where the region does not lie on a known sensor, or where it has more than kMaxFilterPixels and
  // a filter needs to remember them.
  EventFilter(const EventFilterOptions& options, const Shape& sensor);

  // Of the events that come out.
  [[nodiscard]] const Shape& shape() const { return shape_; }

  // Forgets everything: the next events belong to another recording.
  void reset();

  // Keeps and moves events of `events` in place. Throws kInvalid for an event outside the sensor:
  // "event 12: x 700 is outside 0..639"; events are counted since the last reset.
  void apply(std::vector<io::Event>& events);

 private:
  // The last event of every pixel, with a border of one pixel that never has any.
  class TimeMap {
   public:
    void resize(std::int32_t width, std::int32_t height);
    void clear();
    [[nodiscard]] std::int64_t& at(std::uint32_t x, std::uint32_t y) {
      return times_[(std::size_t{y} + 1) * stride_ + x + 1];
    }
    [[nodiscard]] bool has_neighbour(std::uint32_t x, std::uint32_t y, std::int64_t time,
                                     std::int64_t within) const;

   private:
    std::size_t stride_ = 0;
    std::vector<std::int64_t> times_;
  };

  [[nodiscard]] bool keeps_time(std::int64_t time);
  [[nodiscard]] bool keep(io::Event& event);
  [[noreturn]] void refuse(const io::Event& event) const;

  EventFilterOptions options_;
  EventRegion region_;  // of the sensor where the options have none
  std::uint32_t channels_ = 2;
  Shape shape_;
  bool has_first_ = false;
  std::int64_t first_time_ = 0;
  std::uint64_t count_ = 0;  // events seen
  TimeMap background_;       // in pixels of the region
  TimeMap refractory_;       // in pixels of the output
};

}  // namespace akida::data
