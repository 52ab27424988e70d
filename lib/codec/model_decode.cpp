#include <cstring>
#include <optional>

#include "base/error.h"
#include "codec/model_file.h"
#include "codec/model_kinds.h"
#include "io/zstd.h"
#include "model_generated.h"

namespace akida::codec {
namespace {

std::uint32_t read_u32(std::span<const std::byte> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

const fbs::Model& verified_model(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size(), kMaxModelDepth, kMaxModelTables);
  if (const std::uint32_t root = read_u32(bytes, 0); root >= bytes.size()) {
    fail(ErrorKind::kFormat, "offset 0: root offset {} is outside the {} bytes", root,
         bytes.size());
  }
  if (!fbs::VerifyModelBuffer(verifier)) {
    fail(ErrorKind::kFormat,
         "the FlatBuffer of {} bytes is damaged: an offset, a length or the alignment is wrong, or "
         "it has more than {} tables or {} levels",
         bytes.size(), kMaxModelTables, kMaxModelDepth);
  }
  return *fbs::GetModel(data);
}

void check_version(const fbs::Model& model) {
  const std::uint32_t version = model.format_version();
  if (version == 0) fail(ErrorKind::kFormat, "format version 0 does not exist");
  if (version > kModelFormatVersion) {
    fail(ErrorKind::kUnsupported, "format version {} is newer than {}, the newest known here",
         version, kModelFormatVersion);
  }
}

// Refuses models of another kind before their layers are read.
void require_kind(const fbs::Model& model, fbs::Kind wanted) {
  if (model.kind() == wanted) return;
  if (model.kind() == fbs::Kind::Cnn) {
    fail(ErrorKind::kUnsupported,
         "the model is of kind cnn (layers of Keras), but this needs kind snn (integer layers): "
         "quantize and convert it first");
  }
  if (model.kind() == fbs::Kind::Snn) {
    fail(ErrorKind::kUnsupported,
         "the model is of kind snn (integer layers), but this needs kind cnn (layers of Keras): "
         "make one from a zoo architecture or a file of Keras layers");
  }
}

// Reads one buffer whose alignment suits scalars that are read in place; any kind, or `wanted`.
AnyModel decode_aligned(std::span<const std::byte> bytes, std::optional<fbs::Kind> wanted) {
  const fbs::Model& model = verified_model(bytes);
  check_version(model);
  if (wanted) require_kind(model, *wanted);
  switch (model.kind()) {
    case fbs::Kind::Snn:
      return read_snn(model, bytes.size());
    case fbs::Kind::Cnn:
      return read_cnn(model, bytes.size());
    default:
      fail(ErrorKind::kFormat, "kind {} is unknown: 1 is snn, 2 is cnn",
           static_cast<int>(model.kind()));
  }
}

AnyModel decode_plain(std::span<const std::byte> bytes, std::optional<fbs::Kind> wanted) {
  if (bytes.size() > kMaxModelBytes) {
    fail(ErrorKind::kFormat, "{} bytes exceed limit {}", bytes.size(), kMaxModelBytes);
  }
  // Scalars are read in place, so the buffer needs the alignment of the widest.
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
    const std::vector<std::byte> aligned(bytes.begin(), bytes.end());
    return decode_aligned(aligned, wanted);
  }
  return decode_aligned(bytes, wanted);
}

// "41 4b 53 31": the first bytes of a file in a message.
std::string first_bytes(std::span<const std::byte> bytes) {
  std::string hex;
  for (std::byte byte : bytes.first(std::min<std::size_t>(bytes.size(), 8))) {
    hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", static_cast<unsigned>(byte));
  }
  return hex;
}

// `alternative` names what else `bytes` could have been.
void require_identifier(std::span<const std::byte> bytes, std::string_view alternative) {
  if (bytes.empty()) fail(ErrorKind::kFormat, "no model: the input is empty");
  if (bytes.size() < 8 || std::memcmp(bytes.data() + 4, fbs::ModelIdentifier(), 4) != 0) {
    fail(ErrorKind::kFormat,
         "no model: the {} bytes begin with '{}', {}a FlatBuffer with identifier AKMD at offset 4",
         bytes.size(), first_bytes(bytes), alternative);
  }
}

AnyModel decode(std::span<const std::byte> bytes, std::optional<fbs::Kind> wanted) {
  if (bytes.size() >= 4 && read_u32(bytes, 0) == io::kZstdMagic) {
    const std::vector<std::byte> content = io::zstd_decompress(bytes, kMaxModelBytes);
    require_identifier(content, "not ");
    return decode_plain(content, wanted);
  }
  require_identifier(bytes, "neither a zstd frame nor ");
  return decode_plain(bytes, wanted);
}

}  // namespace

AnyModel decode_any_model(std::span<const std::byte> bytes) { return decode(bytes, std::nullopt); }

snn::Model decode_model(std::span<const std::byte> bytes) {
  return std::get<snn::Model>(decode(bytes, fbs::Kind::Snn));
}

cnn::Network decode_network(std::span<const std::byte> bytes) {
  return std::get<cnn::Network>(decode(bytes, fbs::Kind::Cnn));
}

}  // namespace akida::codec
