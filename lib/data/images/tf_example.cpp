#include "data/images/tf_example.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace akida::data {
namespace {

enum class Wire : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr std::uint32_t kBytesList = 1;
constexpr std::uint32_t kFloatList = 2;
constexpr std::uint32_t kInt64List = 3;

struct Field {
  std::uint32_t number = 0;
  Wire wire = Wire::kVarint;
  std::uint64_t varint = 0;
  std::string_view bytes;  // of kBytes, kFixed32 and kFixed64
};

std::uint32_t little_endian32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

// The fields of one message, a part of `whole`.
class Fields {
 public:
  Fields(std::string_view part, std::string_view whole) : rest_(part), whole_(whole) {}

  bool next(Field& field) {
    if (rest_.empty()) return false;
    const std::uint64_t key = varint();
    if (key >> 3 < 1 || key >> 3 > (1U << 29) - 1) refuse("field number", key >> 3);
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.wire = static_cast<Wire>(key & 7);
    switch (field.wire) {
      case Wire::kVarint:
        field.varint = varint();
        break;
      case Wire::kFixed64:
        field.bytes = take(8);
        break;
      case Wire::kFixed32:
        field.bytes = take(4);
        break;
      case Wire::kBytes:
        field.bytes = take(varint());
        break;
      default:
        refuse("wire type", key & 7);
    }
    return true;
  }

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(take(1)[0]);
      if (shift == 63 && byte > 1) refuse("tenth byte of a number", byte);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    refuse("tenth byte of a number", 0x80);
  }

  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) {
      fail(ErrorKind::kFormat, "example offset {}: field of {} bytes, {} remain", offset(), count,
           rest_.size());
    }
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  [[noreturn]] void refuse(const char* what, std::uint64_t value) const {
    fail(ErrorKind::kFormat, "example offset {}: {} {} is outside the format", offset(), what,
         value);
  }

 private:
  [[nodiscard]] std::size_t offset() const {
    return static_cast<std::size_t>(rest_.data() - whole_.data());
  }

  std::string_view rest_;
  std::string_view whole_;
};

template <typename Value>
void append_value(std::vector<Value>& values, Value value) {
  if (values.size() == kMaxFeatureValues) {
    fail(ErrorKind::kFormat, "number of values exceeds limit {}", kMaxFeatureValues);
  }
  values.push_back(value);
}

// Appends what `field`, or every value packed in it, gives.
template <typename Value, typename Read>
void append_values(const Field& field, Wire unpacked, std::string_view whole,
                   std::vector<Value>& values, Read read) {
  if (field.wire == unpacked) {
    append_value(values, read.one(field));
  } else if (field.wire == Wire::kBytes) {
    for (Fields packed(field.bytes, whole); !packed.empty();) {
      append_value(values, read.packed(packed));
    }
  } else {
    fail(ErrorKind::kFormat, "list has a field of wire type {}", static_cast<int>(field.wire));
  }
}

struct ReadInteger {
  static std::int64_t one(const Field& field) { return static_cast<std::int64_t>(field.varint); }
  static std::int64_t packed(Fields& from) { return static_cast<std::int64_t>(from.varint()); }
};

struct ReadFloat {
  static float one(const Field& field) {
    return std::bit_cast<float>(little_endian32(field.bytes));
  }
  static float packed(Fields& from) { return std::bit_cast<float>(little_endian32(from.take(4))); }
};

}  // namespace

TfExample::TfExample(std::span<const std::byte> message)
    : message_(reinterpret_cast<const char*>(message.data()), message.size()) {
  Field field;
  for (Fields example(message_, message_); example.next(field);) {
    if (field.number != 1 || field.wire != Wire::kBytes) continue;
    Field entry;
    for (Fields entries(field.bytes, message_); entries.next(entry);) {
      if (entry.number != 1 || entry.wire != Wire::kBytes) continue;
      if (features_.size() == kMaxFeatures) {
        fail(ErrorKind::kFormat, "example: number of features exceeds limit {}", kMaxFeatures);
      }
      Feature& feature = features_.emplace_back();
      Field part;
      for (Fields parts(entry.bytes, message_); parts.next(part);) {
        if (part.wire != Wire::kBytes) continue;
        if (part.number == 1) feature.name = part.bytes;
        if (part.number == 2) feature.value = part.bytes;
      }
    }
  }
}

std::string_view TfExample::list_of(std::string_view feature, std::uint32_t kind) const {
  // Of several entries with one name the last one counts.
  const auto found = std::find_if(features_.rbegin(), features_.rend(),
                                  [&](const Feature& f) { return f.name == feature; });
  if (found == features_.rend() || found->value.empty()) return {};
  std::string_view list;
  Field field;
  for (Fields fields(found->value, message_); fields.next(field);) {
    if (field.number < kBytesList || field.number > kInt64List || field.wire != Wire::kBytes) {
      continue;
    }
    if (field.number != kind) {
      constexpr const char* kKinds[] = {"", "bytes", "floats", "integers"};
      fail(ErrorKind::kInvalid, "holds {}, not {}", kKinds[field.number], kKinds[kind]);
    }
    list = field.bytes;
  }
  return list;
}

std::vector<std::string_view> TfExample::bytes_of(std::string_view feature) const {
  std::vector<std::string_view> values;
  in_context(fmt::format("feature '{}'", feature), [&] {
    Field field;
    for (Fields list(list_of(feature, kBytesList), message_); list.next(field);) {
      if (field.number == 1 && field.wire == Wire::kBytes) append_value(values, field.bytes);
    }
  });
  return values;
}

std::vector<float> TfExample::floats_of(std::string_view feature) const {
  std::vector<float> values;
  in_context(fmt::format("feature '{}'", feature), [&] {
    Field field;
    for (Fields list(list_of(feature, kFloatList), message_); list.next(field);) {
      if (field.number == 1) {
        append_values(field, Wire::kFixed32, message_, values, ReadFloat());
      }
    }
  });
  return values;
}

std::vector<std::int64_t> TfExample::integers_of(std::string_view feature) const {
  std::vector<std::int64_t> values;
  in_context(fmt::format("feature '{}'", feature), [&] {
    Field field;
    for (Fields list(list_of(feature, kInt64List), message_); list.next(field);) {
      if (field.number == 1) {
        append_values(field, Wire::kVarint, message_, values, ReadInteger());
      }
    }
  });
  return values;
}

}  // namespace akida::data
