// AEDAT 2.0, written by jAER: lines of header, then big-endian pairs of u32 address and u32 time in
// microseconds. https://docs.inivation.com/software/software-advanced-usage/file-formats
#include "base/log.h"
#include "data/events/event_readers.h"

namespace akida::data {
namespace {

constexpr std::size_t kRecordBytes = 8;
constexpr std::string_view kChipKey = " AEChip:";
constexpr std::string_view kHeaderEnd = "End Of ASCII Header";

class Aedat2Reader final : public RecordReader {
 public:
  Aedat2Reader(ByteWindow window, const Sensor& sensor)
      : RecordReader(std::move(window), kRecordBytes, "event"), layout_(sensor.layout) {
    header_.shape.width = sensor.width;
    header_.shape.height = sensor.height;
  }

 protected:
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    for (std::size_t at = 0; at < records.size(); at += kRecordBytes) {
      const auto address = load<std::uint32_t, std::endian::big>(records.data() + at);
      const std::int64_t time =
          time_(load<std::uint32_t, std::endian::big>(records.data() + at + sizeof address));
      if (layout_ == AddressLayout::kDvs128) {
        add_dvs128(at, address, time, events);
      } else {
        add_davis(address, time, events);
      }
    }
  }

 private:
  void add_dvs128(std::size_t at, std::uint32_t address, std::int64_t time,
                  std::vector<io::Event>& events) const {
    if (address >> 16 != 0) {
      window().refuse(at,
                      "address {:#010x} is none of a DVS128, which has 16 bits; --sensor names "
                      "another sensor",
                      address);
    }
    if ((address >> 15) != 0) return;  // external event
    events.push_back(
        {.y = (address >> 8) & 0x7F, .x = (address >> 1) & 0x7F, .c = address & 1, .time = time});
  }

  // Frames and inertial measurements have bit 31 set, signals of other devices bit 10.
  static void add_davis(std::uint32_t address, std::int64_t time, std::vector<io::Event>& events) {
    if ((address >> 31) != 0 || ((address >> 10) & 1) != 0) return;
    events.push_back({.y = (address >> 22) & 0x1FF,
                      .x = (address >> 12) & 0x3FF,
                      .c = (address >> 11) & 1,
                      .time = time});
  }

  AddressLayout layout_;
  UnwrappedTime time_{32};
};

}  // namespace

// The header ends with the first line that does not begin with '#', which an address may do too;
// newer files therefore say where it ends.
ReaderPointer open_aedat2(ByteWindow window, const Sensor* sensor) {
  const Sensor* declared = nullptr;
  std::string chip;
  while (const auto line = window.take_line("#")) {
    if (line->starts_with(kChipKey)) {
      chip = line->substr(kChipKey.size());
      declared = find_sensor(chip);
    }
    if (line->starts_with(kHeaderEnd)) break;
  }
  if (sensor == nullptr) sensor = declared;
  if (sensor == nullptr && !chip.empty()) {
    fail(ErrorKind::kUnsupported, "{}: sensor '{}' is unknown; --sensor names one", window.name(),
         chip);
  }
  if (sensor == nullptr) {
    sensor = find_sensor("DVS128");
    log_info("{}: no sensor is named, addresses are read as those of a DVS128", window.name());
  }
  return std::make_unique<Aedat2Reader>(std::move(window), *sensor);
}

}  // namespace akida::data
