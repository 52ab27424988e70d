// Samples for a network from recordings of events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/events/event_filters.h"
#include "data/events/event_reader.h"
#include "data/sample_source.h"

namespace akida::data {

// Events of one sample: raw ones, else different places.
inline constexpr std::size_t kMaxSampleEvents = std::size_t{1} << 24;

enum class EventOutput : std::uint8_t {
  kSparse,  // sorted by (y, x, channel), duplicates merged (kEvents)
  kRaw,     // as recorded, with times (kRawEvents)
  kFrames,  // dense arrays with the values of kSparse (kDense, u8)
};

struct EventOptions {
  std::optional<EventFormat> format;  // unset: by content
  const Sensor* sensor = nullptr;     // AEDAT 2.0
  Shape shape;                        // of the sensor; width 0: what the files say, or their events
  EventFilterOptions filters;
  // Packets: a sample per so many events, up to kMaxSampleEvents, or per so many microseconds;
  // both 0: a sample per file, or per sample where the file has several.
  std::size_t packet_size = 0;
  std::int64_t window = 0;
  bool join = false;  // the samples of a file are parts of one recording
  EventOutput output = EventOutput::kSparse;
  bool count = false;  // duplicates of one sample sum, up to 255, instead of collapsing
  bool live = false;   // batches end with what has arrived
  std::optional<std::int32_t> label;  // class of all samples
  bool folder_is_class = false;       // the name of the folder a file lies in is the class
  // Empty: those of the file; with folder_is_class the folders, sorted.
  std::vector<std::string> class_names;
};

// Samples of the files' events; "-" is standard input. Files may be gzipped. A folder stands for
// all recordings below it, sorted by path.
//
// The shape is that of the sensor, filtered. Where neither options nor files say it, the files are
// read twice, which standard input cannot be (kUsage).
//
// Packets of a count: the last one of a recording may be shorter. Windows follow each other from
// the first event of a recording on; those without events make no sample. An event earlier than the
// open window joins it, unless it is earlier by more than a whole window: then the clock was set
// back and the windows begin anew.
//
// Without packets a sample is named after its file, or as in its stream; packets are numbered.
// Labels are `label`, the folder's (which is then part of the name), else those of the file. The
// number of merged duplicates is logged. Memory holds the largest sample: raw events, else about a
// million and its different places. Throws kInvalid for a sample of more than kMaxSampleEvents and
// for a file without events (streams may be without samples).
[[nodiscard]] std::unique_ptr<SampleSource> open_events(std::vector<std::string> paths,
                                                        EventOptions options);

}  // namespace akida::data
