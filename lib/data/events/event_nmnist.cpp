// N-MNIST and N-Caltech101 (Orchard et al. 2015): 5 bytes an event, without header: x, y, then
// polarity (1 bit) and time in microseconds (23 bits), big-endian.
#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kRecordBytes = 5;
constexpr std::uint32_t kOverflowY = 240;  // no event: time counts on by kOverflow
constexpr std::int64_t kOverflow = 1 << 13;

class NMnistReader final : public RecordReader {
 public:
  explicit NMnistReader(ByteWindow window)
      : RecordReader(std::move(window), kRecordBytes, "event") {}

 protected:
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    for (std::size_t at = 0; at < records.size(); at += kRecordBytes) {
      const auto x = load<std::uint8_t>(records.data() + at);
      const auto rest = load<std::uint32_t, std::endian::big>(records.data() + at + 1);
      const std::uint32_t y = rest >> 24;
      if (y == kOverflowY) {
        base_ += kOverflow;
      } else {
        events.push_back(
            {.y = y, .x = x, .c = (rest >> 23) & 1, .time = base_ + (rest & 0x7FFFFF)});
      }
    }
  }

 private:
  std::int64_t base_ = 0;
};

}  // namespace

ReaderPointer open_nmnist(ByteWindow window) {
  return std::make_unique<NMnistReader>(std::move(window));
}

}  // namespace akida::data
