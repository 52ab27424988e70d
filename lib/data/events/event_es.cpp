// Event Stream 2.0: header, then per event one byte, u16 x and u16 y, little-endian. y counts
// upwards. DVS: the byte has 7 bits of time since the last event and the polarity. ATIS: 6 bits of
// time, the polarity, and a bit that tells measurements of exposure (threshold crossings), which
// are dropped, from changes of brightness. https://github.com/neuromorphic-paris/event_stream
#include <array>

#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::string_view kMagic = "Event Stream";
constexpr std::size_t kHeaderBytes = 16;  // magic, version of 3 bytes, kind
constexpr std::size_t kEventBytes = 5;
constexpr int kVersion = 2;
constexpr std::array<std::string_view, 5> kKinds = {"generic", "DVS", "ATIS", "display", "colour"};
constexpr int kDvs = 1;
constexpr int kAtis = 2;

// What the first byte of an event says.
struct FirstByte {
  bool is_event = false;  // else only time went by, or a reader that lost its place finds it
  bool is_change = true;
  std::int64_t time = 0;  // since the last one
  std::uint32_t polarity = 0;
};

FirstByte parse_dvs(unsigned byte) {
  if (byte == 0xFF) return {.time = 127};
  if (byte == 0xFE) return {};
  return {.is_event = true, .time = byte >> 1, .polarity = byte & 1};
}

FirstByte parse_atis(unsigned byte) {
  if (byte >= 0xFC) return {.time = 63 * (byte & 3)};  // 0xFC: none
  return {.is_event = true,
          .is_change = (byte & 1) == 0,
          .time = byte >> 2,
          .polarity = (byte >> 1) & 1};
}

class EventStreamReader final : public EventReader {
 public:
  EventStreamReader(ByteWindow window, int kind, std::int32_t width, std::int32_t height)
      : window_(std::move(window)), kind_(kind) {
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
      const auto byte = std::to_integer<unsigned>(bytes[at]);
      const FirstByte first = kind_ == kDvs ? parse_dvs(byte) : parse_atis(byte);
      if (first.is_event && bytes.size() - at < kEventBytes) break;
      time_ += first.time;
      if (!first.is_event) {
        ++at;
        continue;
      }
      const std::uint32_t x = load<std::uint16_t>(bytes.data() + at + 1);
      const std::uint32_t y = load<std::uint16_t>(bytes.data() + at + 3);
      if (y >= height) window_.refuse(at + 3, "y {} is outside 0..{}", y, height - 1);
      if (first.is_change) {
        events.push_back({.y = height - 1 - y, .x = x, .c = first.polarity, .time = time_});
      }
      at += kEventBytes;
    }
    window_.consume(at);
  }

  ByteWindow window_;
  int kind_;
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
  if (kind != kDvs && kind != kAtis) {
    const auto place = static_cast<std::size_t>(kind);
    fail(ErrorKind::kUnsupported,
         "{}: offset 15: {} events (kind {}) are not changes of brightness, which DVS and ATIS "
         "events (kinds {} and {}) are",
         window.name(), place < kKinds.size() ? kKinds[place] : "unknown", kind, kDvs, kAtis);
  }
  window.consume(kHeaderBytes);
  const auto* const size = window.need(4, "width and height").data();
  const std::int32_t width = load<std::uint16_t>(size);
  const std::int32_t height = load<std::uint16_t>(size + 2);
  if (width == 0 || height == 0) window.refuse(0, "sensor of {} x {} pixels", width, height);
  window.consume(4);
  return std::make_unique<EventStreamReader>(std::move(window), kind, width, height);
}

}  // namespace akida::data
