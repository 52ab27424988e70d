// Which reader reads what.
#include <algorithm>
#include <array>
#include <span>

#include "data/events/event_readers.h"
#include "data/file_kind.h"
#include "data/gzip.h"
#include "io/npy.h"
#include "io/stream.h"

namespace akida::data {
namespace {

using Source = std::unique_ptr<io::ByteSource>;
using Open = ReaderPointer (*)(Source source, const EventReaderOptions& options);

struct FormatRow {
  EventFormat format;
  std::string_view name;   // on command lines
  std::string_view magic;  // empty: nothing at the front tells
  Open open;
};

// Options say it where the user named the format himself; otherwise a Prophesee header does.
template <EventFormat kFormat>
ReaderPointer open_prophesee_as(Source source, const EventReaderOptions& options) {
  return open_prophesee(ByteWindow(std::move(source)),
                        options.format ? std::optional(kFormat) : std::nullopt);
}

template <ReaderPointer (*kOpen)(ByteWindow)>
ReaderPointer open_plain(Source source, const EventReaderOptions&) {
  return kOpen(ByteWindow(std::move(source)));
}

// In this order contents are compared: of equal magics the first one counts.
constexpr std::array kFormats = {
    FormatRow{EventFormat::kAedat2, "aedat2", "#!AER-DAT2.0",
              [](Source source, const EventReaderOptions& options) {
                return open_aedat2(ByteWindow(std::move(source)), options.sensor);
              }},
    FormatRow{EventFormat::kAedat3, "aedat3", "#!AER-DAT3.1", open_plain<open_aedat3>},
    FormatRow{EventFormat::kAedat4, "aedat4", "#!AER-DAT4.0", open_plain<open_aedat4>},
    FormatRow{EventFormat::kEvt2, "evt2", "% ", open_prophesee_as<EventFormat::kEvt2>},
    FormatRow{EventFormat::kEvt21, "evt21", "% ", open_prophesee_as<EventFormat::kEvt21>},
    FormatRow{EventFormat::kEvt3, "evt3", "% ", open_prophesee_as<EventFormat::kEvt3>},
    FormatRow{EventFormat::kDat, "dat", "% ", open_prophesee_as<EventFormat::kDat>},
    FormatRow{EventFormat::kEventStream, "es", "Event Stream", open_plain<open_event_stream>},
    FormatRow{EventFormat::kNpy, "npy", "\x93NUMPY",
              [](Source source, const EventReaderOptions&) {
                return open_npy_events(std::move(source));
              }},
    FormatRow{EventFormat::kStream, "aks", "AKS", open_aks_events},
    FormatRow{EventFormat::kNMnist, "nmnist", "", open_plain<open_nmnist>},
    FormatRow{EventFormat::kCsv, "csv", "", open_csv_events},
};

constexpr std::string_view kOtherAedat = "#!AER-DAT";

const FormatRow& row_of(EventFormat format) {
  return *std::ranges::find(kFormats, format, &FormatRow::format);
}

bool begins_with(io::ByteSource& source, std::string_view magic) {
  const auto head = source.peek(magic.size());
  return std::ranges::equal(head, std::as_bytes(std::span(magic)));
}

// Whether all there is of the source is a beginning of `magic`; one letter is not enough to say.
bool is_cut(io::ByteSource& source, std::string_view magic) {
  if (!begins_with(source, magic.substr(0, std::min<std::size_t>(magic.size(), 2)))) return false;
  const auto head = source.peek(magic.size());
  return head.size() < magic.size() &&
         std::ranges::equal(head, std::as_bytes(std::span(magic)).first(head.size()));
}

bool is_nmnist_name(std::string_view name) {
  return name.ends_with(".bin") || name.ends_with(".bin.gz");
}

// Text has no byte below a tab; a recording without magic has soon.
bool is_text(io::ByteSource& source) {
  return std::ranges::all_of(source.peek(1), [](std::byte byte) {
    return byte >= std::byte{'\t'} && byte != std::byte{0x7F};
  });
}

// Looks no further ahead than a magic asks for: a live pipe may say little for long.
const FormatRow& recognise(io::ByteSource& source) {
  for (const FormatRow& row : kFormats) {
    if (!row.magic.empty() && begins_with(source, row.magic.substr(0, 1)) &&
        begins_with(source, row.magic)) {
      return row;
    }
  }
  for (const FormatRow& row : kFormats) {
    if (!row.magic.empty() && is_cut(source, row.magic)) {
      fail(ErrorKind::kFormat, "{}: offset 0: file is truncated: it ends within the first {} bytes",
           source.name(), row.magic.size());
    }
  }
  if (begins_with(source, "#") && begins_with(source, kOtherAedat)) {
    fail(ErrorKind::kUnsupported, "{}: AEDAT of another version than 2.0, 3.1 and 4.0",
         source.name());
  }
  if (is_nmnist_name(source.name())) {
    return row_of(EventFormat::kNMnist);
  }
  if (!is_text(source)) {
    fail(ErrorKind::kFormat,
         "{}: offset 0: no format of events begins like this; --format names one", source.name());
  }
  return row_of(EventFormat::kCsv);
}

}  // namespace

std::unique_ptr<EventReader> open_event_reader(std::unique_ptr<io::ByteSource> source,
                                               const EventReaderOptions& options) {
  source = gunzip(std::move(source));
  if (source->peek(1).empty()) fail(ErrorKind::kInvalid, "{}: file is empty", source->name());
  const FormatRow& row = options.format ? row_of(*options.format) : recognise(*source);
  if (options.sensor != nullptr && row.format != EventFormat::kAedat2) {
    fail(ErrorKind::kUsage, "{}: a sensor is named for AEDAT 2.0, this is of format {}",
         source->name(), row.name);
  }
  return row.open(std::move(source), options);
}

bool is_recording(std::unique_ptr<io::ByteSource> source) {
  source = gunzip(std::move(source));
  if (source->peek(1).empty()) return false;
  const bool has_magic = std::ranges::any_of(kFormats, [&](const FormatRow& row) {
    return !row.magic.empty() && begins_with(*source, row.magic);
  });
  return has_magic || is_nmnist_name(source->name()) || is_event_list(source->peek(kSniffedBytes));
}

std::optional<EventFormat> event_format_of(std::string_view name) {
  const auto* const found = std::ranges::find(kFormats, name, &FormatRow::name);
  if (found == kFormats.end()) return std::nullopt;
  return found->format;
}

std::vector<std::string> event_format_names() {
  std::vector<std::string> names;
  for (const FormatRow& row : kFormats) names.emplace_back(row.name);
  return names;
}

}  // namespace akida::data
