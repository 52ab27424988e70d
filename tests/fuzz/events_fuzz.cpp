// Any bytes as a recording of every format: an Error, or the same events however the bytes arrive;
// never a crash.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "data/events/event_reader.h"
#include "data/file_kind.h"

namespace {

using namespace akida;

// Delivers a few bytes at a time, as a slow pipe does.
class SlowSource final : public io::ByteSource {
 public:
  SlowSource(std::span<const std::byte> bytes, std::size_t step)
      : ByteSource("fuzz"), bytes_(bytes), step_(step) {}

 protected:
  std::size_t read_some(std::span<std::byte> out) override {
    const auto part = bytes_.first(std::min({out.size(), step_, bytes_.size()}));
    std::ranges::copy(part, out.begin());
    bytes_ = bytes_.subspan(part.size());
    return part.size();
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t step_;
};

// The events, and whether the file ended well.
struct Outcome {
  std::vector<io::Event> events;
  bool is_whole = false;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::span<const std::byte> bytes, std::size_t step,
             std::optional<data::EventFormat> format) {
  Outcome outcome;
  try {
    const auto reader =
        data::open_event_reader(std::make_unique<SlowSource>(bytes, step), {.format = format});
    for (data::EventBlock block; reader->next(block);) {
      outcome.events.insert(outcome.events.end(), block.events.begin(), block.events.end());
    }
    outcome.is_whole = true;
  } catch (const Error&) {
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)akida::data::sniff(akida::io::memory_source(bytes), 1 << 24);
  std::vector<std::optional<akida::data::EventFormat>> formats = {std::nullopt};
  for (const std::string& name : akida::data::event_format_names()) {
    formats.push_back(akida::data::event_format_of(name));
  }
  for (const auto format : formats) {
    const Outcome whole = read(bytes, size + 1, format);
    const Outcome slow = read(bytes, 1 + size % 61, format);
    if (whole.is_whole != slow.is_whole) std::abort();
    if (whole.is_whole && whole != slow) std::abort();
  }
  return 0;
}
