#include "codec/model_buffer_writer.h"

#include <bit>

#include "base/error.h"
#include "codec/model_file.h"
#include "codec/model_limits.h"

namespace akida::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are copied as they are");

fbs::DType stored_type(DType type) {
  switch (type) {
    case DType::kU8:
      return fbs::DType::U8;
    case DType::kI8:
      return fbs::DType::I8;
    case DType::kI32:
      return fbs::DType::I32;
    case DType::kF32:
      return fbs::DType::F32;
    case DType::kF64:
      return fbs::DType::F64;
  }
  return fbs::DType::Undefined;
}

}  // namespace

BufferWriter::Offset<flatbuffers::String> BufferWriter::text(const std::string& value) {
  return value.empty() ? 0 : builder_.CreateString(value);
}

BufferWriter::Offset<fbs::Variable> BufferWriter::variable(std::string_view name,
                                                           const Dense& values, std::int32_t bits,
                                                           std::span<const std::uint8_t> bytes) {
  const auto byte_vector = builder_.CreateVector(bytes.data(), bytes.size());
  const auto shape = builder_.CreateVector(values.dims());
  const auto name_text = builder_.CreateString(name);
  return fbs::CreateVariable(builder_, name_text, stored_type(values.type()),
                             static_cast<std::uint8_t>(bits), shape, byte_vector);
}

BufferWriter::Offset<fbs::Variable> BufferWriter::variable(std::string_view name,
                                                           const Dense& values) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.bytes().data());
  return variable(name, values, static_cast<std::int32_t>(8 * size_of(values.type())),
                  {first, values.bytes().size()});
}

BufferWriter::Offset<BufferWriter::Vector<BufferWriter::Offset<fbs::HistoryEntry>>>
BufferWriter::write_history(const ModelInfo& info) {
  if (info.history.empty()) return 0;
  std::vector<Offset<fbs::HistoryEntry>> entries;
  for (const HistoryEntry& entry : info.history) {
    const auto tool = text(entry.tool), version = text(entry.version);
    const auto subcommand = text(entry.subcommand), options = text(entry.options);
    entries.push_back(fbs::CreateHistoryEntry(builder_, tool, version, subcommand, options));
  }
  return builder_.CreateVector(entries);
}

BufferWriter::Offset<BufferWriter::Vector<BufferWriter::Offset<fbs::KeyValue>>>
BufferWriter::write_metadata(const ModelInfo& info) {
  if (info.metadata.empty()) return 0;
  std::vector<Offset<fbs::KeyValue>> pairs;
  for (const auto& [key, value] : info.metadata) {
    const auto key_text = text(key), value_text = text(value);
    pairs.push_back(fbs::CreateKeyValue(builder_, key_text, value_text));
  }
  return builder_.CreateVector(pairs);
}

BufferWriter::Offset<fbs::Input> BufferWriter::write_input(const ModelInfo& info,
                                                           fbs::InputSource source,
                                                           std::int32_t bits) {
  const auto class_names = info.class_names.empty()
                               ? Offset<Vector<Offset<flatbuffers::String>>>()
                               : builder_.CreateVectorOfStrings(info.class_names);
  const auto anchors = numbers(info.anchors);
  return fbs::CreateInput(builder_, source, static_cast<std::uint8_t>(bits), info.scaling_a,
                          info.scaling_b, class_names, anchors);
}

std::vector<std::byte> BufferWriter::finish(std::uint32_t version, fbs::Kind kind,
                                            const ModelInfo& info, fbs::InputSource source,
                                            std::int32_t input_bits,
                                            const std::vector<Offset<fbs::Layer>>& layers) {
  const auto layer_vector = builder_.CreateVector(layers);
  const auto input = write_input(info, source, input_bits);
  const auto metadata = write_metadata(info);
  const auto history = write_history(info);
  const auto name = text(info.name);
  const auto producer = text(info.producer);
  builder_.Finish(fbs::CreateModel(builder_, version, kind, producer, name, history, metadata,
                                   input, layer_vector),
                  fbs::ModelIdentifier());
  const auto bytes = std::as_bytes(std::span(builder_.GetBufferPointer(), builder_.GetSize()));
  return {bytes.begin(), bytes.end()};
}

void require_layer_head(const std::string& name, std::size_t inbounds) {
  require_name("layer name", name);
  if (inbounds > kMaxInbounds) {
    fail(ErrorKind::kInvalid, "layer '{}': {} inbound layers exceed limit {}", name, inbounds,
         kMaxInbounds);
  }
}

void require_model_size(std::uint64_t bytes) {
  if (bytes > kMaxModelBytes) {
    fail(ErrorKind::kUnsupported, "a model of about {} bytes exceeds limit {}", bytes,
         kMaxModelBytes);
  }
}

}  // namespace akida::codec
