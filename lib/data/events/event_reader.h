// Recordings of event cameras, whatever their format: events with place, polarity and time.
//
// Places are as the file stores them (x to the right; y down, except that Event Stream counts y
// upwards and is turned). The channel is the polarity, 1 for a rise of brightness. Times are
// microseconds; counters that wrap are unwrapped, so times grow on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/events/sensor.h"
#include "io/bytes.h"
#include "io/sample.h"

namespace akida::data {

enum class EventFormat : std::uint8_t {
  kCsv,          // text: event_csv.cpp says which
  kAedat2,       // AEDAT 2.0 of jAER
  kAedat3,       // AEDAT 3.1 of cAER
  kAedat4,       // AEDAT 4.0 of DV
  kEvt2,         // Prophesee RAW, EVT 2.0
  kEvt21,        // Prophesee RAW, EVT 2.1
  kEvt3,         // Prophesee RAW, EVT 3.0
  kDat,          // Prophesee DAT
  kNMnist,       // N-MNIST and N-Caltech101 .bin
  kEventStream,  // Event Stream .es, DVS events and those of ATIS without its exposures
  kNpy,          // NumPy structured array with fields t, x, y, p
  kStream,       // our own .aks of events or raw events
};

// Consecutive events of one sample.
struct EventBlock {
  std::vector<io::Event> events;
  bool starts_sample = false;  // the events belong to another sample than those before
  std::string id;              // of the sample they start, where the file stores one
  std::int32_t label = -1;     // class of the sample they start
};

class EventReader {
 public:
  EventReader() {
    header_.kind = io::StreamKind::kRawEvents;
    header_.shape = {.width = 0, .height = 0, .channels = 2};
  }
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;
  virtual ~EventReader() = default;

  // What the file declares: shape (width and height 0 where it does not), labels (none or
  // classes) and class names.
  [[nodiscard]] const io::StreamHeader& header() const { return header_; }

  // Whether the file itself divides its events into samples; known after the first block.
  [[nodiscard]] virtual bool has_samples() const { return false; }

  // Replaces `block` by the next events, of bounded number and as soon as a pipe delivers any; an
  // empty sample gives a block without events. False after the last one. Throws Error with the
  // file's name in front. Places are not checked against the shape.
  [[nodiscard]] virtual bool next(EventBlock& block) = 0;

 protected:
  io::StreamHeader header_;
};

struct EventReaderOptions {
  std::optional<EventFormat> format;  // unset: by content, then by the name's ending
  const Sensor* sensor = nullptr;     // AEDAT 2.0: whose addresses; null: the header's sensor
  Shape bounds;                       // CSV: lines with places outside are refused; width 0: none
  std::string_view times_for;         // CSV and .aks: what needs times; empty: they may be missing
};

// A reader of `source`, which is gzipped or not. Throws kFormat where no format is recognised,
// kUnsupported for a variant that is not read.
[[nodiscard]] std::unique_ptr<EventReader> open_event_reader(std::unique_ptr<io::ByteSource> source,
                                                             const EventReaderOptions& options);

// Whether `source`, gzipped or not, begins as a recording: with a magic, with lines of a list of
// events, or by its name as N-MNIST.
[[nodiscard]] bool is_recording(std::unique_ptr<io::ByteSource> source);

// The format called `name` on command lines ("aedat2", "evt3"), and all of those names.
[[nodiscard]] std::optional<EventFormat> event_format_of(std::string_view name);
[[nodiscard]] std::vector<std::string> event_format_names();

}  // namespace akida::data
