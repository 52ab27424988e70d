// Event Stream 2.0 with DVS events: header, then per event one byte with 7 bits of time since the
// last event and the polarity, u16 x and u16 y, little-endian. y counts upwards.
// https://github.com/neuromorphic-paris/event_stream
#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::string_view kMagic = "Event Stream";
constexpr std::size_t kHeaderBytes = 16;  // magic, version of 3 bytes, kind
constexpr std::size_t kEventBytes = 5;
constexpr int kVersion = 2;
constexpr int kDvs = 1;
constexpr std::uint8_t kReset = 0xFE;     // only for readers that lost their place
constexpr std::uint8_t kOverflow = 0xFF;  // no event: 127 us went by
constexpr std::int64_t kOverflowTime = 127;

class EventStreamReader final : public EventReader {
 public:
  EventStreamReader(ByteWindow window, std::int32_t width, std::int32_t height)
      : window_(std::move(window)) {
    header_.shape.width = width;
    header_.shape.height = height;
  }

  bool next(EventBlock& block) override {
    block.events.clear();
    while (block.events.empty()) {
      decode(block.events);
      if (!block.events.empty()) break;
      if (window_.fill()) continue;
      if (!window_.bytes().empty()) (void)window_.need(kEventBytes, "event");
      return false;
    }
    block.starts_sample = std::exchange(is_first_, false);
    return true;
  }

 private:
  void decode(std::vector<io::Event>& events) {
    const auto bytes = window_.bytes();
    const auto height = static_cast<std::uint32_t>(header_.shape.height);
    std::size_t at = 0;
    while (at < bytes.size()) {
      const auto first = std::to_integer<std::uint8_t>(bytes[at]);
      if (first == kReset || first == kOverflow) {
        if (first == kOverflow) time_ += kOverflowTime;
        ++at;
        continue;
      }
      if (bytes.size() - at < kEventBytes) break;
      time_ += first >> 1;
      const std::uint32_t x = load<std::uint16_t>(bytes.data() + at + 1);
      const std::uint32_t y = load<std::uint16_t>(bytes.data() + at + 3);
      if (y >= height) window_.refuse(at + 3, "y {} is outside 0..{}", y, height - 1);
      events.push_back(
          {.y = height - 1 - y, .x = x, .c = static_cast<std::uint32_t>(first & 1), .time = time_});
      at += kEventBytes;
    }
    window_.consume(at);
  }

  ByteWindow window_;
  bool is_first_ = true;
  std::int64_t time_ = 0;
};

}  // namespace

ReaderPointer open_event_stream(ByteWindow window) {
  const auto head = window.need(kHeaderBytes, "header");
  if (std::memcmp(head.data(), kMagic.data(), kMagic.size()) != 0) {
    window.refuse(0, "no Event Stream, the magic is missing");
  }
  const auto version = std::to_integer<int>(head[12]);
  const auto kind = std::to_integer<int>(head[15]);
  if (version != kVersion) {
    fail(ErrorKind::kUnsupported, "{}: offset 12: version {} is unknown, this reader knows {}",
         window.name(), version, kVersion);
  }
  if (kind != kDvs) {
    fail(ErrorKind::kUnsupported, "{}: offset 15: events of kind {} are no DVS events (kind {})",
         window.name(), kind, kDvs);
  }
  window.consume(kHeaderBytes);
  const auto* const size = window.need(4, "width and height").data();
  const std::int32_t width = load<std::uint16_t>(size);
  const std::int32_t height = load<std::uint16_t>(size + 2);
  if (width == 0 || height == 0) window.refuse(0, "sensor of {} x {} pixels", width, height);
  window.consume(4);
  return std::make_unique<EventStreamReader>(std::move(window), width, height);
}

}  // namespace akida::data
