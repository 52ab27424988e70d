// Event lists as text: one event per line, columns separated by commas.
//
// Columns are x, y, polarity[, time], or those a header line names in any order: x, y, polarity
// (or p, channel, c), time in microseconds (or t, timestamp), value (1..255, default 1) and
// sample. Polarity is the channel, -1 means 0. Empty lines and lines that begin with '#' are
// passed over. An error names the line.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/utf8.h"
#include "data/events/event_readers.h"
#include "data/lines.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::size_t kBlockEvents = 4096;

enum class Column { kX, kY, kChannel, kTime, kValue, kSample };

struct ColumnName {
  std::string_view text;
  Column column;
};
constexpr std::array kColumnNames = {
    ColumnName{"x", Column::kX},
    ColumnName{"y", Column::kY},
    ColumnName{"polarity", Column::kChannel},
    ColumnName{"p", Column::kChannel},
    ColumnName{"channel", Column::kChannel},
    ColumnName{"c", Column::kChannel},
    ColumnName{"time", Column::kTime},
    ColumnName{"t", Column::kTime},
    ColumnName{"timestamp", Column::kTime},
    ColumnName{"value", Column::kValue},
    ColumnName{"sample", Column::kSample},
};

struct Row {
  io::Event event;
  std::int64_t sample = 0;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

// One file as rows; coordinates are checked against `shape` where its width is not 0.
class EventRows {
 public:
  EventRows(std::unique_ptr<io::ByteSource> source, const Shape& shape)
      : lines_(std::move(source)), shape_(shape) {}

  [[nodiscard]] bool next(Row& row) {
    std::string_view line;
    while (lines_.next(line)) {
      line = trimmed(line);
      if (line.empty() || line.starts_with('#')) continue;
      const std::vector<std::string_view> fields = split(line);
      if (columns_.empty() && read_columns(fields)) continue;
      row = parse(fields);
      return true;
    }
    return false;
  }

  // Whether the next row comes without waiting for a pipe; comments may still make it.
  [[nodiscard]] bool has_line() const { return lines_.has_line(); }

  // Known once a row was read.
  [[nodiscard]] bool has(Column column) const {
    return std::ranges::find(columns_, column) != columns_.end();
  }

  [[noreturn]] void refuse(const std::string& what) const { lines_.refuse(what); }

 private:
  // Takes the columns from the first line; true when that was a header.
  bool read_columns(const std::vector<std::string_view>& fields) {
    const bool is_header = std::ranges::any_of(fields, [](std::string_view field) {
      return !field.empty() && field.find_first_not_of("+-0123456789.") != std::string_view::npos;
    });
    if (is_header) {
      for (const std::string_view field : fields) columns_.push_back(column_of(field));
    } else if (fields.size() == 3 || fields.size() == 4) {
      columns_ = {Column::kX, Column::kY, Column::kChannel};
      if (fields.size() == 4) columns_.push_back(Column::kTime);
    } else {
      refuse(fmt::format("{} columns without names, not 3 or 4", fields.size()));
    }
    for (const ColumnName& needed : {kColumnNames[0], kColumnNames[1], kColumnNames[2]}) {
      if (!has(needed.column)) refuse(fmt::format("column '{}' is missing", needed.text));
    }
    return is_header;
  }

  Column column_of(std::string_view field) {
    const auto* const found = std::ranges::find(kColumnNames, field, &ColumnName::text);
    if (found == kColumnNames.end())
      refuse(fmt::format("no list of events: unknown column '{}'", printable(std::string(field))));
    if (has(found->column)) refuse(fmt::format("column '{}' appears twice", field));
    return found->column;
  }

  Row parse(const std::vector<std::string_view>& fields) const {
    if (fields.size() != columns_.size()) {
      refuse(fmt::format("{} columns, not {}", fields.size(), columns_.size()));
    }
    Row row;
    for (std::size_t i = 0; i < fields.size(); ++i) set(row, columns_[i], number(fields[i]));
    return row;
  }

  void set(Row& row, Column column, std::int64_t value) const {
    switch (column) {
      case Column::kX:
        row.event.x = coordinate("x", value, shape_.width);
        return;
      case Column::kY:
        row.event.y = coordinate("y", value, shape_.height);
        return;
      case Column::kChannel:
        row.event.c = coordinate("polarity", value == -1 ? 0 : value, shape_.channels);
        return;
      case Column::kTime:
        row.event.time = value;
        return;
      case Column::kValue:
        row.event.value = static_cast<std::uint8_t>(in_range("value", value, 1, 255));
        return;
      case Column::kSample:
        row.sample = value;
        return;
    }
  }

  std::uint32_t coordinate(const char* what, std::int64_t value, std::int32_t size) const {
    const std::int64_t limit = shape_.width == 0 ? std::int64_t{io::kMaxSide} : size;
    return static_cast<std::uint32_t>(in_range(what, value, 0, limit - 1));
  }

  std::int64_t in_range(const char* what, std::int64_t value, std::int64_t low,
                        std::int64_t high) const {
    if (value < low || value > high) {
      refuse(fmt::format("{} {} is outside {}..{}", what, value, low, high));
    }
    return value;
  }

  std::int64_t number(std::string_view field) const {
    std::int64_t value = 0;
    const char* end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data(), end, value);
    if (error != std::errc() || stop != end) {
      refuse(fmt::format("'{}' is no integer", printable(std::string(field))));
    }
    return value;
  }

  LineReader lines_;
  Shape shape_;
  std::vector<Column> columns_;
};

class CsvEventReader final : public EventReader {
 public:
  CsvEventReader(std::unique_ptr<io::ByteSource> source, const EventReaderOptions& options)
      : rows_(std::move(source), options.bounds), times_for_(options.times_for) {}

  [[nodiscard]] bool has_samples() const override { return rows_.has(Column::kSample); }

  bool next(EventBlock& block) override {
    block.events.clear();
    block.starts_sample = false;
    while (block.events.size() < kBlockEvents) {
      if (!block.events.empty() && !has_row_ && !rows_.has_line()) break;
      if (!has_row_ && !read_row()) break;
      if (is_first_ || row_.sample != sample_) {
        if (!block.events.empty()) break;
        block.starts_sample = true;
        sample_ = row_.sample;
        is_first_ = false;
      }
      block.events.push_back(row_.event);
      has_row_ = false;
    }
    return !block.events.empty();
  }

 private:
  bool read_row() {
    has_row_ = rows_.next(row_);
    if (has_row_ && !times_for_.empty() && !rows_.has(Column::kTime)) {
      rows_.refuse(fmt::format("no column of times, which {} need", times_for_));
    }
    return has_row_;
  }

  EventRows rows_;
  std::string_view times_for_;
  Row row_;  // read but not used, where has_row_
  bool has_row_ = false;
  bool is_first_ = true;
  std::int64_t sample_ = 0;
};

}  // namespace

ReaderPointer open_csv_events(std::unique_ptr<io::ByteSource> source,
                              const EventReaderOptions& options) {
  return std::make_unique<CsvEventReader>(std::move(source), options);
}

}  // namespace akida::data
