// Prophesee DAT version 2: u8 kind and u8 size of an event, then little-endian pairs of u32 time in
// microseconds and u32 place. https://docs.prophesee.ai/stable/data/file_formats/dat.html
#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kRecordBytes = 8;
constexpr int kKindEvent2d = 0;
constexpr int kKindCd = 12;

class DatReader final : public RecordReader {
 public:
  DatReader(ByteWindow window, const Shape& shape)
      : RecordReader(std::move(window), kRecordBytes, "event") {
    header_.shape = shape;
  }

 protected:
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    for (std::size_t at = 0; at < records.size(); at += kRecordBytes) {
      const std::int64_t time = time_(load<std::uint32_t>(records.data() + at));
      const auto place = load<std::uint32_t>(records.data() + at + sizeof(std::uint32_t));
      const std::uint32_t polarity = place >> 28;
      if (polarity > 1) window().refuse(at + 4, "polarity {} is outside 0..1", polarity);
      events.push_back(
          {.y = (place >> 14) & 0x3FFF, .x = place & 0x3FFF, .c = polarity, .time = time});
    }
  }

 private:
  UnwrappedTime time_{32};
};

}  // namespace

ReaderPointer open_dat(ByteWindow window, const Shape& shape) {
  const auto head = window.need(2, "kind and size of events");
  const auto kind = std::to_integer<int>(head[0]);
  const auto size = std::to_integer<std::size_t>(head[1]);
  if ((kind != kKindEvent2d && kind != kKindCd) || size != kRecordBytes) {
    fail(ErrorKind::kUnsupported,
         "{}: offset {}: events of kind {} with {} bytes, not {} or {} with {}", window.name(),
         window.offset(), kind, size, kKindEvent2d, kKindCd, kRecordBytes);
  }
  window.consume(2);
  return std::make_unique<DatReader>(std::move(window), shape);
}

}  // namespace akida::data
