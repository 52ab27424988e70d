// The header of Prophesee's RAW and DAT files: lines "% key value", which "% end" may end.
// https://docs.prophesee.ai/stable/data/file_formats
#include <charconv>

#include "data/events/event_readers.h"
#include "io/stream.h"

namespace akida::data {
namespace {

struct PropheseeHeader {
  std::string format;  // "EVT3", from "format EVT3;height=720;width=1280" or "evt 3.0"
  Shape shape{.width = 0, .height = 0, .channels = 2};
  std::string dat_version;
};

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
    const std::string_view number =
        value.ends_with(".0") ? value.substr(0, value.size() - 2) : value;
    header.format = "EVT" + std::string(number);
  } else if (key == "format") {
    header.format = value.substr(0, value.find(';'));
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
  if (!format && header.format == "EVT2") format = EventFormat::kEvt2;
  if (!format && header.format == "EVT3") format = EventFormat::kEvt3;
  if (!format && !header.format.empty()) {
    fail(ErrorKind::kUnsupported, "{}: events are stored as '{}', neither EVT2 nor EVT3",
         window.name(), header.format);
  }
  if (format == EventFormat::kEvt2) return open_evt2(std::move(window), header.shape);
  if (format == EventFormat::kEvt3) return open_evt3(std::move(window), header.shape);
  if (!header.dat_version.empty() && header.dat_version != "2") {
    fail(ErrorKind::kUnsupported, "{}: DAT version '{}' is unknown, this reader knows 2",
         window.name(), header.dat_version);
  }
  return open_dat(std::move(window), header.shape);
}

}  // namespace akida::data
