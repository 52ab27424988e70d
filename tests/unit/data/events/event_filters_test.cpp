#include "data/events/event_filters.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/error.h"

using namespace akida;
using data::EventFilterOptions;

namespace {

const Shape kSensor{.width = 20, .height = 10, .channels = 2};

io::Event event(std::int64_t time, std::uint32_t x, std::uint32_t y, std::uint32_t c = 0) {
  return {.y = y, .x = x, .c = c, .time = time};
}

std::vector<io::Event> filtered(const EventFilterOptions& options, std::vector<io::Event> events) {
  data::EventFilter filter(options, kSensor);
  filter.apply(events);
  return events;
}

// Events close together, some out of order.
std::vector<io::Event> random_events(int count) {
  std::mt19937 random(7);
  std::vector<io::Event> events;
  std::int64_t time = 0;
  for (int i = 0; i < count; ++i) {
    time += static_cast<std::int64_t>(random() % 5) - 1;
    const auto below = [&](std::uint32_t limit) {
      return static_cast<std::uint32_t>(random() % limit);
    };
    const std::uint32_t x = below(20);
    const std::uint32_t y = below(10);
    events.push_back(event(time, x, y, below(2)));
  }
  return events;
}

}  // namespace

TEST_CASE("a region keeps what lies inside and moves its corner") {
  CHECK(filtered({.region = data::EventRegion{5, 2, 3, 4}},
                 {event(0, 5, 2), event(1, 7, 5), event(2, 8, 5), event(3, 4, 5), event(4, 5, 1),
                  event(5, 700, 5)}) == std::vector<io::Event>{event(0, 0, 0), event(1, 2, 3)});
  const data::EventFilter filter({.region = data::EventRegion{5, 2, 3, 4}}, kSensor);
  CHECK(filter.shape() == Shape{.width = 3, .height = 4, .channels = 2});
  CHECK_THROWS_WITH(data::EventFilter({.region = data::EventRegion{18, 2, 3, 4}}, kSensor),
                    "region of 3 x 4 at (18, 2) does not lie on 20 x 10 pixels");
}

TEST_CASE("an event outside the sensor is refused with its number") {
  CHECK_THROWS_WITH(filtered({}, {event(0, 0, 0), event(0, 20, 0)}),
                    "event 1: x 20 is outside 0..19");
  CHECK_THROWS_WITH(filtered({}, {event(0, 0, 10)}), "event 0: y 10 is outside 0..9");
  CHECK_THROWS_WITH(filtered({}, {event(0, 0, 0, 2)}), "event 0: polarity 2 is outside 0..1");
}

TEST_CASE("polarity picks or merges channels") {
  const std::vector<io::Event> both = {event(0, 1, 1, 0), event(1, 1, 1, 1)};
  CHECK(filtered({.polarity = data::PolarityFilter::kOn}, both) == std::vector{both[1]});
  CHECK(filtered({.polarity = data::PolarityFilter::kOff}, both) == std::vector{both[0]});
  const EventFilterOptions merge{.polarity = data::PolarityFilter::kMerge};
  CHECK(filtered(merge, both) == std::vector{event(0, 1, 1), event(1, 1, 1)});
  CHECK(data::EventFilter(merge, kSensor).shape().channels == 1);
}

TEST_CASE("times count from the first event, which a filter may drop itself") {
  CHECK(filtered({.from = 5, .to = 10}, {event(1000, 0, 0), event(1004, 0, 0), event(1005, 0, 0),
                                         event(1009, 0, 0), event(1010, 0, 0)}) ==
        std::vector<io::Event>{event(1005, 0, 0), event(1009, 0, 0)});
}

TEST_CASE("downscaling rounds places down and the shape up") {
  CHECK(filtered({.downscale = 3}, {event(0, 19, 9), event(0, 2, 2), event(0, 3, 3)}) ==
        std::vector<io::Event>{event(0, 6, 3), event(0, 0, 0), event(0, 1, 1)});
  CHECK(data::EventFilter({.downscale = 3}, kSensor).shape() ==
        Shape{.width = 7, .height = 4, .channels = 2});
}

TEST_CASE("background activity is what has no neighbour in space and time, by brute force") {
  const auto events = random_events(3000);
  for (const std::int64_t within : {1, 20, 300}) {
    std::vector<io::Event> expected;
    for (std::size_t i = 0; i < events.size(); ++i) {
      // The last event of each neighbouring pixel decides.
      bool supported = false;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          if (dx == 0 && dy == 0) continue;
          for (std::size_t j = i; j-- > 0;) {
            if (int(events[j].x) != int(events[i].x) + dx) continue;
            if (int(events[j].y) != int(events[i].y) + dy) continue;
            supported = supported || std::abs(events[i].time - events[j].time) <= within;
            break;
          }
        }
      }
      if (supported) expected.push_back(events[i]);
    }
    CHECK(filtered({.background = within}, events) == expected);
    CHECK(expected.size() < events.size());
  }
}

TEST_CASE("a refractory pixel rests after an event that was kept, by brute force") {
  const auto events = random_events(3000);
  for (const std::int64_t period : {1, 50, 1000}) {
    std::vector<io::Event> expected;
    for (const io::Event& next : events) {
      const auto last = std::find_if(expected.rbegin(), expected.rend(), [&](const auto& kept) {
        return kept.x == next.x && kept.y == next.y;
      });
      if (last == expected.rend() || std::abs(next.time - last->time) >= period) {
        expected.push_back(next);
      }
    }
    CHECK(filtered({.refractory = period}, events) == expected);
  }
}

TEST_CASE("filters remember across blocks and forget at a reset") {
  const auto events = random_events(500);
  const EventFilterOptions options{.from = 10, .background = 40, .refractory = 15};
  const auto whole = filtered(options, events);
  data::EventFilter filter(options, kSensor);
  for (int round = 0; round < 2; ++round) {
    std::vector<io::Event> joined;
    for (const io::Event& one : events) {
      std::vector<io::Event> block = {one};
      filter.apply(block);
      joined.insert(joined.end(), block.begin(), block.end());
    }
    CHECK(joined == whole);
    filter.reset();
  }
}

TEST_CASE("times at both ends of their range are no trouble") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::vector<io::Event> events = {event(least, 1, 1), event(most, 1, 2), event(least, 2, 1)};
  CHECK(filtered({.refractory = most}, events) == events);
  CHECK(filtered({}, events) == events);
  CHECK(filtered({.background = 5}, events).size() <= 3);
}

TEST_CASE("a filter that would remember too many pixels is refused") {
  CHECK_THROWS_WITH(
      data::EventFilter({.refractory = 1}, {.width = 65536, .height = 65536, .channels = 2}),
      "filter of 65536 x 65536 pixels exceeds limit 67108864");
}
