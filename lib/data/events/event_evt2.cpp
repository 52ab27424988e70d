// Prophesee EVT 2.0: little-endian words of 32 bits whose upper 4 say what they are.
// https://docs.prophesee.ai/stable/data/encoding_formats/evt2.html
#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kWordBytes = 4;
constexpr std::uint32_t kOff = 0x0;
constexpr std::uint32_t kOn = 0x1;
constexpr std::uint32_t kTimeHigh = 0x8;  // bits 6 to 33 of the time

class Evt2Reader final : public RecordReader {
 public:
  Evt2Reader(ByteWindow window, const Shape& shape)
      : RecordReader(std::move(window), kWordBytes, "word") {
    header_.shape = shape;
  }

 protected:
  // Events before the first time are dropped: when they happened is not known. Words of other
  // kinds (external triggers, vendor's own) are passed over.
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    events.reserve(events.size() + records.size() / kWordBytes);
    for (std::size_t at = 0; at < records.size(); at += kWordBytes) {
      const auto word = load<std::uint32_t>(records.data() + at);
      const std::uint32_t kind = word >> 28;
      if (kind == kTimeHigh) {
        time_high_ = time_(word & 0x0FFFFFFF) << 6;
        has_time_ = true;
      } else if ((kind == kOff || kind == kOn) && has_time_) {
        events.push_back({.y = word & 0x7FF,
                          .x = (word >> 11) & 0x7FF,
                          .c = kind,
                          .time = time_high_ | ((word >> 22) & 0x3F)});
      }
    }
  }

 private:
  UnwrappedTime time_{28};
  std::int64_t time_high_ = 0;
  bool has_time_ = false;
};

}  // namespace

ReaderPointer open_evt2(ByteWindow window, const Shape& shape) {
  return std::make_unique<Evt2Reader>(std::move(window), shape);
}

}  // namespace akida::data
