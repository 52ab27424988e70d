// The header of Prophesee's RAW and DAT files: lines "% key value", which "% end" may end.
// https://docs.prophesee.ai/stable/data/file_formats
#include <algorithm>
#include <array>
#include <charconv>

#include "data/events/event_readers.h"
#include "io/stream.h"

namespace akida::data {
namespace {

struct PropheseeHeader {
  std::string format;  // "EVT3", from "format EVT3;height=720;width=1280" or "evt 3.0"
  Shape shape{.width = 0, .height = 0, .channels = 2};
  bool is_legacy = false;  // EVT 2.1 with the upper half of a word first
  bool is_dat = false;
  std::string dat_version;
};

struct FormatName {
  std::string_view header;
  EventFormat format;
};

constexpr std::array kFormats = {FormatName{"EVT2", EventFormat::kEvt2},
                                 FormatName{"EVT21", EventFormat::kEvt21},
                                 FormatName{"EVT3", EventFormat::kEvt3}};

// The number at the front of `text`; 0 where there is none or it is no side of a sensor.
std::int32_t parse_side(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool fits = error == std::errc() && value > 0 && value <= std::int32_t{io::kMaxSide};
  return fits ? value : 0;
}

// What stands behind `key` in `text`; empty where it does not.
std::string_view value_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + key.size());
}

void take_key(std::string_view line, PropheseeHeader& header) {
  const std::size_t space = line.find(' ');
  const std::string_view key = line.substr(0, space);
  const std::string_view value = value_after(line, " ");
  if (key == "evt" && header.format.empty()) {
    std::string number(value.ends_with(".0") ? value.substr(0, value.size() - 2) : value);
    std::erase(number, '.');
    header.format = "EVT" + number;
  } else if (key == "format") {
    header.format = value.substr(0, value.find(';'));
    header.is_legacy = value_after(value, "endianness=").starts_with("legacy");
    header.shape.width = parse_side(value_after(value, "width="));
    header.shape.height = parse_side(value_after(value, "height="));
  } else if (key == "geometry") {
    header.shape.width = parse_side(value);
    header.shape.height = parse_side(value_after(value, "x"));
  } else if (key == "Width") {
    header.shape.width = parse_side(value);
  } else if (key == "Height") {
    header.shape.height = parse_side(value);
  } else if (key == "Version") {
    header.dat_version = value;
    header.is_dat = true;
  } else if (key == "Data") {  // "Data file containing ..."
    header.is_dat = true;
  }
}

PropheseeHeader read_header(ByteWindow& window) {
  PropheseeHeader header;
  while (const auto line = window.take_line("% ")) {
    if (*line == "end") break;
    take_key(*line, header);
  }
  if (header.shape.width == 0 || header.shape.height == 0) {
    header.shape.width = 0;
    header.shape.height = 0;
  }
  return header;
}

}  // namespace

ReaderPointer open_prophesee(ByteWindow window, std::optional<EventFormat> format) {
  const PropheseeHeader header = read_header(window);
  const auto* const named = std::ranges::find(kFormats, header.format, &FormatName::header);
  if (named == kFormats.end() && !header.format.empty()) {
    fail(ErrorKind::kUnsupported, "{}: events are stored as '{}', not as EVT2, EVT21 or EVT3",
         window.name(), header.format);
  }
  if (named != kFormats.end() && format.value_or(named->format) != named->format) {
    fail(ErrorKind::kInvalid, "{}: its header says {}, not the format that was named",
         window.name(), header.format);
  }
  if (named != kFormats.end()) format = named->format;
  if (format == EventFormat::kEvt2) return open_evt2(std::move(window), header.shape);
  if (format == EventFormat::kEvt21) {
    return open_evt21(std::move(window), header.shape, header.is_legacy);
  }
  if (format == EventFormat::kEvt3) return open_evt3(std::move(window), header.shape);
  if (!format && !header.is_dat && !window.fill_to(1)) {
    window.refuse(0, "file is truncated: its header names no format of events");
  }
  if (!header.dat_version.empty() && header.dat_version != "2") {
    fail(ErrorKind::kUnsupported, "{}: DAT version '{}' is unknown, this reader knows 2",
         window.name(), header.dat_version);
  }
  return open_dat(std::move(window), header.shape);
}

}  // namespace akida::data
