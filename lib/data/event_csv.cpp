#include "data/event_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "base/error.h"
#include "base/log.h"
#include "base/utf8.h"
#include "data/gzip.h"
#include "data/lines.h"
#include "data/sample_id.h"
#include "io/batch.h"
#include "io/stream.h"

namespace akida::data {
namespace {

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
  EventRows(const std::string& path, const Shape& shape)
      : lines_(open_uncompressed(path)), shape_(shape) {}

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
      refuse(fmt::format("unknown column '{}'", printable(std::string(field))));
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

// The smallest shape that holds all events, with two channels at least.
Shape find_shape(const std::vector<std::string>& paths) {
  Shape shape{.width = 0, .height = 1, .channels = 2};
  Shape found{.width = 1, .height = 1, .channels = 2};
  const auto grow = [](std::int32_t& side, std::uint32_t coordinate) {
    side = std::max(side, static_cast<std::int32_t>(coordinate) + 1);
  };
  for (const std::string& path : paths) {
    if (path == "-") {
      fail(ErrorKind::kUsage, "events on standard input need a shape");
    }
    EventRows rows(path, shape);
    for (Row row; rows.next(row);) {
      grow(found.width, row.event.x);
      grow(found.height, row.event.y);
      grow(found.channels, row.event.c);
    }
  }
  return found;
}

// Sorts by place and makes one event of several at one place; returns how many went.
std::size_t merge_duplicates(std::vector<io::Event>& events, bool count) {
  const auto place = [](const io::Event& event) { return std::tuple(event.y, event.x, event.c); };
  std::ranges::stable_sort(events, {}, place);
  std::size_t kept = 0;
  for (const io::Event& event : events) {
    if (kept > 0 && place(events[kept - 1]) == place(event)) {
      io::Event& first = events[kept - 1];
      const int value = count ? std::min(255, first.value + event.value) : event.value;
      first.value = static_cast<std::uint8_t>(value);
    } else {
      events[kept++] = event;
    }
  }
  const std::size_t merged = events.size() - kept;
  events.resize(kept);
  return merged;
}

class EventCsvSource final : public SampleSource {
 public:
  EventCsvSource(std::vector<std::string> paths, EventCsvOptions options)
      : paths_(std::move(paths)), options_(std::move(options)) {
    header_.kind = options_.raw ? io::StreamKind::kRawEvents : io::StreamKind::kEvents;
    header_.shape = options_.shape.width == 0 ? find_shape(paths_) : options_.shape;
    header_.class_names = options_.class_names;
    if (options_.label) header_.labels = io::LabelKind::kClass;
    io::validate(header_);
  }

  [[nodiscard]] std::string name() const override { return name_of_files(paths_); }

  bool next(io::Batch& batch) override {
    batch = {};
    while (batch.events.size() * sizeof(io::Event) < kBatchBytes &&
           batch.size < io::kMaxFrameSamples && read_sample(batch)) {
    }
    if (batch.size == 0 && merged_ > 0) {
      log_info("{} duplicate events {}", std::exchange(merged_, 0),
               options_.count ? "summed" : "collapsed");
    }
    return batch.size > 0;
  }

 private:
  bool read_sample(io::Batch& batch) {
    while (rows_ || file_ < paths_.size()) {
      if (!rows_) rows_ = std::make_unique<EventRows>(paths_[file_++], header_.shape);
      std::vector<io::Event> events;
      const bool ended = read_events(events);
      const bool whole_file = options_.packet_size == 0 && !rows_->has(Column::kSample);
      if (ended) rows_.reset();
      if (events.empty() && !whole_file) continue;
      if (!options_.raw) merged_ += merge_duplicates(events, options_.count);
      batch.ids.push_back(whole_file ? id_of_path(paths_[file_ - 1]) : std::to_string(samples_));
      if (options_.label) batch.classes.push_back(*options_.label);
      batch.event_counts.push_back(static_cast<std::uint32_t>(events.size()));
      batch.events.insert(batch.events.end(), events.begin(), events.end());
      ++batch.size;
      ++samples_;
      return true;
    }
    return false;
  }

  // The events of one sample; true when the file ended with it.
  bool read_events(std::vector<io::Event>& events) {
    std::int64_t sample = 0;
    while (options_.packet_size == 0 || events.size() < options_.packet_size) {
      if (!has_row_ && !rows_->next(row_)) return true;
      has_row_ = true;
      if (!events.empty() && row_.sample != sample) return false;
      if (events.size() == kMaxSampleEvents) {
        rows_->refuse(
            fmt::format("sample of more than {} events, the limit; packets make several "
                        "samples of it (--packetize)",
                        kMaxSampleEvents));
      }
      if (options_.raw && !rows_->has(Column::kTime)) {
        rows_->refuse("no column of times, which raw events need");
      }
      sample = row_.sample;
      if (!options_.raw) row_.event.time = 0;
      events.push_back(row_.event);
      has_row_ = false;
    }
    return false;
  }

  std::vector<std::string> paths_;
  EventCsvOptions options_;
  std::size_t file_ = 0;             // files opened
  std::unique_ptr<EventRows> rows_;  // the open one
  Row row_;                          // read but not used, where has_row_
  bool has_row_ = false;
  std::uint64_t samples_ = 0;
  std::size_t merged_ = 0;
};

}  // namespace

std::unique_ptr<SampleSource> open_event_csv(std::vector<std::string> paths,
                                             EventCsvOptions options) {
  return std::make_unique<EventCsvSource>(std::move(paths), std::move(options));
}

}  // namespace akida::data
