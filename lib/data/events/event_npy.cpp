// Events as a structured NumPy array: fields x, y, polarity (or p, on) and time (or t, ts,
// timestamp) of integers or booleans, in any order, little-endian.
#include <algorithm>
#include <array>
#include <charconv>

#include "data/events/event_readers.h"
#include "io/npy.h"
#include "io/stream.h"

namespace akida::data {
namespace {

enum Part { kX, kY, kPolarity, kTime, kParts };
constexpr std::array<std::string_view, kParts> kPartNames = {"x", "y", "p", "t"};

struct FieldName {
  std::string_view text;
  Part part;
};
constexpr std::array kFieldNames = {
    FieldName{"x", kX},
    FieldName{"y", kY},
    FieldName{"p", kPolarity},
    FieldName{"polarity", kPolarity},
    FieldName{"on", kPolarity},
    FieldName{"t", kTime},
    FieldName{"ts", kTime},
    FieldName{"time", kTime},
    FieldName{"timestamp", kTime},
};

using Load = std::int64_t (*)(const std::byte* at);

template <typename T>
std::int64_t load_integer(const std::byte* at) {
  return static_cast<std::int64_t>(load<T>(at));
}

struct FieldType {
  std::string_view code;  // without the byte order
  std::size_t size;
  Load load;
};
constexpr std::array kFieldTypes = {
    FieldType{"b1", 1, load_integer<std::uint8_t>}, FieldType{"u1", 1, load_integer<std::uint8_t>},
    FieldType{"i1", 1, load_integer<std::int8_t>},  FieldType{"u2", 2, load_integer<std::uint16_t>},
    FieldType{"i2", 2, load_integer<std::int16_t>}, FieldType{"u4", 4, load_integer<std::uint32_t>},
    FieldType{"i4", 4, load_integer<std::int32_t>}, FieldType{"u8", 8, load_integer<std::uint64_t>},
    FieldType{"i8", 8, load_integer<std::int64_t>},
};

struct Field {
  std::size_t offset = 0;
  Load load = nullptr;  // null: the array has no such field
};

struct Layout {
  std::array<Field, kParts> fields;
  std::size_t bytes = 0;  // of an event
};

const FieldType& type_of(const io::NpyField& field) {
  const std::string_view descr = field.descr;
  const auto* const found = std::ranges::find_if(kFieldTypes, [&](const FieldType& type) {
    return descr.size() > 1 && descr.substr(1) == type.code;
  });
  const bool order = descr.starts_with('<') || descr.starts_with('|');
  if (found == kFieldTypes.end() || (!order && found->size > 1)) {
    fail(ErrorKind::kUnsupported, "field '{}' of type '{}' is no little-endian integer", field.name,
         field.descr);
  }
  return *found;
}

// Bytes of a field that is passed over, such as padding ("|V3"): its type ends with their number.
std::size_t skipped_bytes(const io::NpyField& field) {
  constexpr std::string_view kKinds = "biufcVSMm";
  constexpr std::size_t kMaxBytes = 1U << 12;
  const std::string_view descr = field.descr;
  std::size_t bytes = 0;
  const char* const end = descr.data() + descr.size();
  const bool is_known = descr.size() > 2 && kKinds.find(descr[1]) != std::string_view::npos;
  const auto error = is_known ? std::from_chars(descr.data() + 2, end, bytes).ec : std::errc();
  if (!is_known || error != std::errc() || bytes > kMaxBytes) {
    fail(ErrorKind::kUnsupported, "field '{}' of type '{}' has no known size", field.name,
         field.descr);
  }
  return bytes;
}

Layout layout_of(const io::NpyHeader& header) {
  if (!header.structured || header.shape.size() != 1) {
    fail(ErrorKind::kUnsupported, "events are no array [n] of structures with fields t, x, y, p");
  }
  Layout layout;
  for (const io::NpyField& field : header.fields) {
    const auto* const name = std::ranges::find(kFieldNames, field.name, &FieldName::text);
    if (name == kFieldNames.end()) {
      layout.bytes += skipped_bytes(field);
      continue;
    }
    const FieldType& type = type_of(field);
    layout.fields[name->part] = {layout.bytes, type.load};
    layout.bytes += type.size;
  }
  for (int part = 0; part < kParts; ++part) {
    if (layout.fields[static_cast<std::size_t>(part)].load == nullptr) {
      fail(ErrorKind::kFormat, "field '{}' is missing", kPartNames[static_cast<std::size_t>(part)]);
    }
  }
  return layout;
}

class NpyEventReader final : public RecordReader {
 public:
  NpyEventReader(ByteWindow window, const Layout& layout, std::int64_t count)
      : RecordReader(std::move(window), layout.bytes, "event"),
        fields_(layout.fields),
        left_(static_cast<std::uint64_t>(count)) {}

 protected:
  void decode(std::span<const std::byte> records, std::vector<io::Event>& events) override {
    for (std::size_t at = 0; at < records.size(); at += record_bytes()) {
      if (left_ == 0) window().refuse(at, "bytes follow the array");
      --left_;
      const std::byte* const record = records.data() + at;
      const auto value = [&](Part part) {
        return fields_[part].load(record + fields_[part].offset);
      };
      const std::int64_t polarity = value(kPolarity);
      events.push_back({.y = coordinate(at, "y", value(kY)),
                        .x = coordinate(at, "x", value(kX)),
                        .c = coordinate(at, "polarity", polarity == -1 ? 0 : polarity),
                        .time = value(kTime)});
    }
  }

  void check_end() const override {
    if (left_ > 0) window().refuse(0, "file is truncated: {} events are missing", left_);
  }

 private:
  std::uint32_t coordinate(std::size_t at, const char* what, std::int64_t value) const {
    if (value < 0 || value >= std::int64_t{io::kMaxSide}) {
      window().refuse(at, "{} {} is outside 0..{}", what, value, io::kMaxSide - 1);
    }
    return static_cast<std::uint32_t>(value);
  }

  std::array<Field, kParts> fields_;
  std::uint64_t left_;  // events
};

}  // namespace

ReaderPointer open_npy_events(std::unique_ptr<io::ByteSource> source) {
  std::int64_t count = 0;
  const Layout layout = io::with_name_of(*source, [&] {
    const io::NpyHeader header = io::read_npy_header(*source);
    const Layout fields = layout_of(header);
    count = header.shape.front();
    return fields;
  });
  return std::make_unique<NpyEventReader>(ByteWindow(std::move(source)), layout, count);
}

}  // namespace akida::data
