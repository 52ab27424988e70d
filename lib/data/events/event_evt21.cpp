// Prophesee EVT 2.1: words of 64 bits whose upper 4 say what they are: a row of 32 pixels with a
// bit for each that has an event, or the upper part of the time. Little-endian; "endianness=legacy"
// in the header: the upper half first.
// https://docs.prophesee.ai/stable/data/encoding_formats/evt21.html
#include <bit>

#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kWordBytes = 8;
constexpr std::uint32_t kOff = 0x0;
constexpr std::uint32_t kOn = 0x1;
constexpr std::uint32_t kTimeHigh = 0x8;  // bits 6 to 33 of the time

class Evt21Reader final : public RecordReader {
 public:
  Evt21Reader(ByteWindow window, const Shape& shape, bool is_legacy)
      : RecordReader(std::move(window), kWordBytes, "word"), upper_at_(is_legacy ? 0 : 4) {
    header_.shape = shape;
  }

 protected:
  // Events before the first time are dropped: when they happened is not known. Words of other
  // kinds (external triggers, vendor's own) are passed over.
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    for (std::size_t at = 0; at < records.size(); at += kWordBytes) {
      const auto upper = load<std::uint32_t>(records.data() + at + upper_at_);
      const std::uint32_t kind = upper >> 28;
      if (kind == kTimeHigh) {
        time_high_ = time_(upper & 0x0FFFFFFF) << 6;
        has_time_ = true;
      } else if ((kind == kOff || kind == kOn) && has_time_) {
        auto valid = load<std::uint32_t>(records.data() + at + (4 - upper_at_));
        const std::int64_t time = time_high_ | ((upper >> 22) & 0x3F);
        for (; valid != 0; valid &= valid - 1) {
          const auto bit = static_cast<std::uint32_t>(std::countr_zero(valid));
          events.push_back(
              {.y = upper & 0x7FF, .x = ((upper >> 11) & 0x7FF) + bit, .c = kind, .time = time});
        }
      }
    }
  }

 private:
  std::size_t upper_at_;
  UnwrappedTime time_{28};
  std::int64_t time_high_ = 0;
  bool has_time_ = false;
};

}  // namespace

ReaderPointer open_evt21(ByteWindow window, const Shape& shape, bool is_legacy) {
  return std::make_unique<Evt21Reader>(std::move(window), shape, is_legacy);
}

}  // namespace akida::data
