// Event lists as text: one event per line, columns separated by commas.
//
// Columns are x, y, polarity[, time], or those a header line names in any order: x, y, polarity
// (or p, channel, c), time in microseconds (or t, timestamp), value (1..255, default 1) and
// sample. Polarity is the channel, -1 means 0. Empty lines and lines that begin with '#' are
// passed over. An error names the line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/sample_source.h"

namespace akida::data {

// Events of one sample, duplicates included.
inline constexpr std::size_t kMaxSampleEvents = std::size_t{1} << 24;

struct EventCsvOptions {
  Shape shape;  // width 0: found by reading the files twice
  // Events per sample, up to kMaxSampleEvents; 0: one sample per file (or `sample`).
  std::size_t packet_size = 0;
  bool raw = false;                   // keep times, order and duplicates (kRawEvents)
  bool count = false;                 // duplicates of one sample sum instead of collapsing
  std::optional<std::int32_t> label;  // class of all samples
  std::vector<std::string> class_names;
};

// Samples of events from the files, which may be gzipped; "-" is standard input and needs a
// shape. Without packets every file is a sample, named after it; with packets every
// `packet_size` events of a file are one, and the last one of a file may be shorter. Where a
// column `sample` exists, each run of equal numbers in it is a sample of its own (or is cut into
// packets of its own). Unless `raw`, the events of a sample are sorted by (y, x, channel) and
// duplicates collapse to one; their number is logged. A sample of more than kMaxSampleEvents is
// refused.
[[nodiscard]] std::unique_ptr<SampleSource> open_event_csv(std::vector<std::string> paths,
                                                           EventCsvOptions options);

}  // namespace akida::data
