// AEDAT 3.1, written by cAER: lines of header, then packets, all little-endian. A packet is a
// header of 28 bytes and room for `capacity` events of `size` bytes, of which the first `number`
// are used. https://docs.inivation.com/software/software-advanced-usage/file-formats
#include <algorithm>

#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kPacketHeaderBytes = 28;
constexpr std::uint16_t kPolarityType = 1;
constexpr std::size_t kPolarityBytes = 8;
constexpr std::string_view kHeaderEnd = "!END-HEADER";

class Aedat3Reader final : public EventReader {
 public:
  Aedat3Reader(ByteWindow window, const Sensor* sensor) : window_(std::move(window)) {
    if (sensor != nullptr) {
      header_.shape.width = sensor->width;
      header_.shape.height = sensor->height;
    }
  }

  bool next(EventBlock& block) override {
    block.events.clear();
    while (block.events.empty()) {
      if (events_left_ > 0) {
        decode(block.events);
      } else if (skip_left_ > 0) {
        skip();
      } else if (!window_.bytes().empty() || window_.fill()) {
        read_packet_header();
      } else {
        return false;
      }
    }
    block.starts_sample = std::exchange(is_first_, false);
    return true;
  }

 private:
  void read_packet_header() {
    const std::byte* const at = window_.need(kPacketHeaderBytes, "packet header").data();
    const auto type = load<std::uint16_t>(at);
    const auto size = load<std::uint32_t>(at + 4);
    const auto time_offset = load<std::uint32_t>(at + 8);
    time_base_ = std::int64_t{load<std::uint32_t>(at + 12)} << 31;
    const auto capacity = load<std::uint32_t>(at + 16);
    const auto number = load<std::uint32_t>(at + 20);
    if (number > capacity) {
      window_.refuse(20, "packet of {} events exceeds its capacity of {}", number, capacity);
    }
    const bool polarity = type == kPolarityType;
    if (polarity && (size != kPolarityBytes || time_offset != kPolarityBytes / 2)) {
      window_.refuse(4, "polarity events of {} bytes with time at {}, not of {} with time at {}",
                     size, time_offset, kPolarityBytes, kPolarityBytes / 2);
    }
    window_.consume(kPacketHeaderBytes);
    events_left_ = polarity ? number : 0;
    skip_left_ = std::uint64_t{size} * (capacity - events_left_);
  }

  void decode(std::vector<io::Event>& events) {
    (void)window_.need(kPolarityBytes, "event");
    const auto bytes = window_.bytes();
    const auto count = std::min<std::uint64_t>(events_left_, bytes.size() / kPolarityBytes);
    for (std::size_t i = 0; i < count; ++i) {
      const auto data = load<std::uint32_t>(bytes.data() + i * kPolarityBytes);
      const auto time = load<std::uint32_t>(bytes.data() + i * kPolarityBytes + sizeof data);
      if ((data & 1) == 0) continue;  // marked as invalid
      events.push_back({.y = (data >> 2) & 0x7FFF,
                        .x = (data >> 17) & 0x7FFF,
                        .c = (data >> 1) & 1,
                        .time = time_base_ + (time & 0x7FFFFFFF)});
    }
    window_.consume(count * kPolarityBytes);
    events_left_ -= count;
  }

  void skip() {
    (void)window_.need(1, "packet");
    const auto count = std::min<std::uint64_t>(skip_left_, window_.bytes().size());
    window_.consume(count);
    skip_left_ -= count;
  }

  ByteWindow window_;
  bool is_first_ = true;
  std::int64_t time_base_ = 0;
  std::uint64_t events_left_ = 0;  // of the packet
  std::uint64_t skip_left_ = 0;    // bytes of the packet behind its events
};

}  // namespace

ReaderPointer open_aedat3(ByteWindow window) {
  const Sensor* sensor = nullptr;
  for (;;) {
    const std::uint64_t start = window.offset();
    const auto line = window.take_line("#");
    if (!line) window.refuse(0, "header has no line '#{}'", kHeaderEnd);
    if (line->starts_with(kHeaderEnd)) break;
    if (line->starts_with("Format:") && line->find("RAW") == std::string::npos) {
      fail(ErrorKind::kUnsupported, "{}: offset {}: events are stored as '{}', not as RAW",
           window.name(), start, *line);
    }
    if (line->starts_with("Source") && sensor == nullptr) sensor = find_sensor(*line);
  }
  return std::make_unique<Aedat3Reader>(std::move(window), sensor);
}

}  // namespace akida::data
