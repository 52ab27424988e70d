// The readers of event_reader.h by format, and what they share. Not installed.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "data/events/byte_window.h"
#include "data/events/event_reader.h"

namespace akida::data {

// The number stored at `at`, little- or big-endian.
template <typename T, std::endian kOrder = std::endian::little>
[[nodiscard]] T load(const std::byte* at) {
  T value{};
  if constexpr (kOrder == std::endian::little) {
    std::memcpy(&value, at, sizeof value);
  } else {
    for (std::size_t i = 0; i < sizeof value; ++i) {
      value = static_cast<T>(value << 8 | std::to_integer<T>(at[i]));
    }
  }
  return value;
}

// A counter of `bits` bits that wraps: going back by more than half of its range is a wrap.
class UnwrappedTime {
 public:
  explicit UnwrappedTime(int bits) : range_(std::int64_t{1} << bits) {}

  [[nodiscard]] std::int64_t operator()(std::uint32_t counter) {
    if (last_ > counter && std::int64_t{last_ - counter} > range_ / 2) base_ += range_;
    last_ = counter;
    return base_ + counter;
  }

 private:
  std::int64_t range_;
  std::int64_t base_ = 0;
  std::uint32_t last_ = 0;
};

// One sample of records of equal size.
class RecordReader : public EventReader {
 public:
  bool next(EventBlock& block) final;

 protected:
  // `what`: what messages call a record.
  RecordReader(ByteWindow window, std::size_t record_bytes, std::string_view what)
      : window_(std::move(window)), record_bytes_(record_bytes), what_(what) {}

  // Appends the events of whole records, the first bytes of window().
  virtual void decode(std::span<const std::byte> records, std::vector<io::Event>& events) = 0;

  // Called at the end of the file; may throw.
  virtual void check_end() const {}

  [[nodiscard]] const ByteWindow& window() const { return window_; }
  [[nodiscard]] std::size_t record_bytes() const { return record_bytes_; }

 private:
  ByteWindow window_;
  std::size_t record_bytes_;
  std::string_view what_;
  bool is_first_ = true;
};

using ReaderPointer = std::unique_ptr<EventReader>;

[[nodiscard]] ReaderPointer open_aedat2(ByteWindow window, const Sensor* sensor);
[[nodiscard]] ReaderPointer open_aedat3(ByteWindow window);
[[nodiscard]] ReaderPointer open_aedat4(ByteWindow window);
[[nodiscard]] ReaderPointer open_csv_events(std::unique_ptr<io::ByteSource> source,
                                            const EventReaderOptions& options);
[[nodiscard]] ReaderPointer open_event_stream(ByteWindow window);
[[nodiscard]] ReaderPointer open_nmnist(ByteWindow window);
[[nodiscard]] ReaderPointer open_npy_events(std::unique_ptr<io::ByteSource> source);
[[nodiscard]] ReaderPointer open_aks_events(std::unique_ptr<io::ByteSource> source,
                                            const EventReaderOptions& options);

// Prophesee's files begin with the same kind of header, which names the format; `format` (kEvt2,
// kEvt21, kEvt3 or kDat) does where it names none, and is refused where it names another.
[[nodiscard]] ReaderPointer open_prophesee(ByteWindow window, std::optional<EventFormat> format);

// Behind the header; width 0: unknown.
[[nodiscard]] ReaderPointer open_evt2(ByteWindow window, const Shape& shape);
[[nodiscard]] ReaderPointer open_evt21(ByteWindow window, const Shape& shape, bool is_legacy);
[[nodiscard]] ReaderPointer open_evt3(ByteWindow window, const Shape& shape);
[[nodiscard]] ReaderPointer open_dat(ByteWindow window, const Shape& shape);

}  // namespace akida::data
