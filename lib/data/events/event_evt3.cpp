// Prophesee EVT 3.0: little-endian words of 16 bits whose upper 4 say what they change or add.
// https://docs.prophesee.ai/stable/data/encoding_formats/evt3.html
#include <bit>

#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kWordBytes = 2;

enum Word : std::uint16_t {
  kAddressY = 0x0,
  kAddressX = 0x2,  // an event; bit 11 is its polarity
  kVectorX = 0x3,   // first x of the vectors that follow, and their polarity
  kVector12 = 0x4,  // a bit for each of 12 neighbours in a row
  kVector8 = 0x5,   // the same for 8
  kTimeLow = 0x6,   // bits 0 to 11 of the time
  kTimeHigh = 0x8,  // bits 12 to 23
};

class Evt3Reader final : public RecordReader {
 public:
  Evt3Reader(ByteWindow window, const Shape& shape)
      : RecordReader(std::move(window), kWordBytes, "word") {
    header_.shape = shape;
  }

 protected:
  // Events before the first time are dropped: when they happened is not known. Words of other
  // kinds (external triggers, vendor's own) are passed over.
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    events.reserve(events.size() + records.size() / kWordBytes);
    for (std::size_t at = 0; at < records.size(); at += kWordBytes) {
      const auto word = load<std::uint16_t>(records.data() + at);
      const std::uint32_t low = word & 0xFFFU;
      switch (word >> 12) {
        case kAddressY:
          y_ = low & 0x7FF;
          break;
        case kAddressX:
          if (has_time_) {
            events.push_back({.y = y_, .x = low & 0x7FF, .c = low >> 11, .time = time_});
          }
          break;
        case kVectorX:
          vector_x_ = low & 0x7FF;
          vector_polarity_ = low >> 11;
          break;
        case kVector12:
          add_vector(low, 12, events);
          break;
        case kVector8:
          add_vector(low & 0xFF, 8, events);
          break;
        case kTimeLow:
          time_ = (time_ & ~std::int64_t{0xFFF}) | low;
          break;
        case kTimeHigh:
          time_ = time_high_(low) << 12 | (time_ & 0xFFF);
          has_time_ = true;
          break;
        default:
          break;
      }
    }
  }

 private:
  void add_vector(std::uint32_t valid, std::uint32_t length, std::vector<io::Event>& events) {
    for (; valid != 0 && has_time_; valid &= valid - 1) {
      const auto bit = static_cast<std::uint32_t>(std::countr_zero(valid));
      events.push_back({.y = y_, .x = vector_x_ + bit, .c = vector_polarity_, .time = time_});
    }
    vector_x_ += length;
  }

  UnwrappedTime time_high_{12};
  std::int64_t time_ = 0;
  bool has_time_ = false;
  std::uint32_t y_ = 0;
  std::uint32_t vector_x_ = 0;
  std::uint32_t vector_polarity_ = 0;
};

}  // namespace

ReaderPointer open_evt3(ByteWindow window, const Shape& shape) {
  return std::make_unique<Evt3Reader>(std::move(window), shape);
}

}  // namespace akida::data
