#include "codec/model_buffer_reader.h"

#include "base/checked.h"
#include "codec/model_file.h"
#include "codec/model_limits.h"
#include "codec/weight_packing.h"
#include "snn/model.h"

namespace akida::codec {

void BufferReader::charge(std::uint64_t bytes, std::string_view what) {
  if (bytes > remaining_) {
    fail(ErrorKind::kFormat, "{}: more content than the {} bytes of the buffer", what, size_);
  }
  remaining_ -= bytes;
}

std::string BufferReader::text(const flatbuffers::String* value, std::string_view what) {
  if (value == nullptr) return {};
  charge(value->size(), what);
  require_text(what, value->string_view());
  return value->str();
}

ModelInfo BufferReader::info(const fbs::Model& model) {
  ModelInfo result;
  result.name = text(model.name(), "name");
  result.producer = text(model.producer(), "producer");
  for (std::uint32_t i = 0; i < count(model.history(), kMaxModelEntries, "history"); ++i) {
    const fbs::HistoryEntry& entry = *model.history()->Get(i);
    result.history.push_back({.tool = text(entry.tool(), "history: tool"),
                              .version = text(entry.version(), "history: version"),
                              .subcommand = text(entry.subcommand(), "history: subcommand"),
                              .options = text(entry.options(), "history: options")});
  }
  for (std::uint32_t i = 0; i < count(model.metadata(), kMaxModelEntries, "metadata"); ++i) {
    const fbs::KeyValue& pair = *model.metadata()->Get(i);
    std::string key = text(pair.key(), "metadata: key");
    if (!result.metadata.empty() && key <= result.metadata.rbegin()->first) {
      fail(ErrorKind::kFormat, "metadata: key '{}' does not follow '{}' in ascending order", key,
           result.metadata.rbegin()->first);
    }
    result.metadata.emplace(std::move(key), text(pair.value(), "metadata: value"));
  }
  if (model.input() == nullptr) fail(ErrorKind::kFormat, "input is missing");
  read_input(*model.input(), result);
  require_info(result);
  return result;
}

void BufferReader::read_input(const fbs::Input& input, ModelInfo& info) {
  info.scaling_a = input.scaling_a();
  info.scaling_b = input.scaling_b();
  for (std::uint32_t i = 0; i < count(input.class_names(), kMaxModelEntries, "class_names"); ++i) {
    info.class_names.push_back(text(input.class_names()->Get(i), "class_names"));
  }
  static_cast<void>(count(input.anchors(), kMaxModelEntries, "anchors"));
  info.anchors = numbers(input.anchors(), "anchors");
}

std::string BufferReader::layer_name(const fbs::Layer& source) {
  std::string name = text(source.name(), "name");
  require_name("name", name);
  return name;
}

std::vector<std::uint32_t> BufferReader::inbounds(const fbs::Layer& source) {
  static_cast<void>(count(source.inbounds(), kMaxInbounds, "inbounds"));
  return numbers(source.inbounds(), "inbounds");
}

std::vector<std::int64_t> BufferReader::dims(const fbs::Variable& source, fbs::DType type,
                                             std::int32_t bits, std::uint32_t least,
                                             std::uint32_t most) {
  if (source.dtype() != type) {
    fail(ErrorKind::kFormat, "type {} is not {} ({})", static_cast<int>(source.dtype()),
         static_cast<int>(type), fbs::EnumNameDType(type));
  }
  if (source.bits() != bits) {
    fail(ErrorKind::kFormat, "{} bits per element, not {}", source.bits(), bits);
  }
  const std::uint32_t given = source.shape() == nullptr ? 0 : source.shape()->size();
  if (given < least || given > most) {
    fail(ErrorKind::kFormat, "{} dimensions, not {}", given,
         least == most ? fmt::to_string(least) : fmt::format("{}..{}", least, most));
  }
  std::vector<std::int64_t> result = numbers(source.shape(), "shape");
  std::uint64_t elements = 1;
  for (std::int64_t dim : result) {
    if (dim < 1 || dim > snn::kMaxWeights) {
      fail(ErrorKind::kFormat, "dimension {} is outside 1..{}", dim, snn::kMaxWeights);
    }
    elements = checked_mul(elements, static_cast<std::uint64_t>(dim), "elements");
  }
  const std::uint64_t wanted =
      bits < 8 ? packed_size(elements, bits)
               : checked_mul(elements, static_cast<std::uint64_t>(bits / 8), "bytes");
  const std::uint64_t stored = source.bytes() == nullptr ? 0 : source.bytes()->size();
  if (stored != wanted) {
    fail(ErrorKind::kFormat, "{} bytes do not hold {} elements of {} bits", stored, elements, bits);
  }
  charge(stored, "bytes");
  return result;
}

}  // namespace akida::codec
