#include "base/checked.h"
#include "io/batch.h"
#include "io/byte_fields.h"
#include "io/stream.h"
#include "io/stream_layout.h"

namespace akida::io {
namespace {

constexpr std::uint64_t kHeaderOffset = 12;  // of the header in the file

// Codes in the file, by position.
constexpr std::array kKinds = {StreamKind::kDense, StreamKind::kEvents, StreamKind::kRawEvents};
constexpr std::array kTypes = {DType::kU8, DType::kI32, DType::kF32};
constexpr std::array kLabels = {LabelKind::kNone, LabelKind::kClass, LabelKind::kTargets,
                                LabelKind::kBoxes};

template <typename Codes, typename Value>
std::uint8_t code_of(const Codes& codes, Value value) {
  std::uint8_t code = 0;
  while (codes[code] != value) ++code;
  return code;
}

template <typename Codes>
auto value_of(const Codes& codes, FieldReader& fields, const char* what) {
  const auto code = fields.get<std::uint8_t>(what);
  if (code >= codes.size()) fields.refuse("unknown {} {}", what, code);
  return codes[code];
}

}  // namespace

std::span<const std::byte> stream_magic() { return std::as_bytes(std::span(kStreamMagic)); }

std::vector<std::byte> encode_header(const StreamHeader& header) {
  std::vector<std::byte> out;
  put(out, code_of(kKinds, header.kind));
  put(out, code_of(kTypes, header.dtype));
  put(out, code_of(kLabels, header.labels));
  put(out, std::uint8_t{0});
  put(out, header.shape.height);
  put(out, header.shape.width);
  put(out, header.shape.channels);
  put(out, header.targets);
  put(out, header.scale);
  put(out, static_cast<std::uint32_t>(header.class_names.size()));
  for (const std::string& name : header.class_names) {
    put(out, static_cast<std::uint32_t>(name.size()));
    put_text(out, name);
  }
  if (out.size() > kMaxHeaderBytes) {
    fail(ErrorKind::kInvalid, "stream header of {} bytes exceeds limit {}", out.size(),
         kMaxHeaderBytes);
  }
  return out;
}

StreamHeader decode_header(std::span<const std::byte> bytes) {
  FieldReader fields(bytes, "offset", kHeaderOffset);
  StreamHeader header;
  header.kind = value_of(kKinds, fields, "stream kind");
  header.dtype = value_of(kTypes, fields, "element type");
  header.labels = value_of(kLabels, fields, "label kind");
  if (const auto features = fields.get<std::uint8_t>("features"); features != 0) {
    fields.refuse("required features {:#04x} are unknown", features);
  }
  header.shape.height = static_cast<std::int32_t>(fields.get_count("height", kMaxSide));
  header.shape.width = static_cast<std::int32_t>(fields.get_count("width", kMaxSide));
  header.shape.channels = static_cast<std::int32_t>(fields.get_count("channels", kMaxSide));
  header.targets = fields.get_count("targets", kMaxTargets);
  header.scale = fields.get<float>("scale");
  const std::uint32_t classes = fields.get_count("class count", kMaxClasses);
  fields.need(std::uint64_t{classes} * sizeof(std::uint32_t), "class names");
  for (std::uint32_t i = 0; i < classes; ++i) {
    const std::uint32_t length = fields.get_count("class name length", kMaxNameBytes);
    header.class_names.push_back(fields.get_text(length, "class name"));
  }
  if (fields.remaining() > 0) {
    fields.refuse("{} bytes follow the header's last field", fields.remaining());
  }
  try {
    validate(header);
  } catch (const Error& error) {
    fields.refuse("{}", error.what());
  }
  return header;
}

}  // namespace akida::io
