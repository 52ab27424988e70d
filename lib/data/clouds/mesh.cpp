#include "data/clouds/mesh.h"

#include "base/error.h"
#include "data/clouds/mesh_formats.h"

namespace akida::data {
namespace {

constexpr std::string_view kPlyMagic = "ply";
constexpr std::size_t kStartBytes = 65536;  // comments may fill the start of a file

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string_view mesh_format(std::span<const std::byte> start) {
  const std::string_view text = text_of(start).substr(0, kStartBytes);
  if (text.starts_with(kPlyMagic) && text.size() > kPlyMagic.size() &&
      (text[kPlyMagic.size()] == '\n' || text[kPlyMagic.size()] == '\r')) {
    return "PLY";
  }
  if (begins_as_off(text)) return "OFF";
  if (begins_as_obj(text)) return "OBJ";
  return "";
}

Mesh decode_mesh(std::span<const std::byte> file) {
  const std::string_view format = mesh_format(file);
  const std::string_view text = text_of(file);
  const auto decode = format == "OFF"   ? decode_off
                      : format == "OBJ" ? decode_obj
                      : format == "PLY" ? decode_ply
                                        : nullptr;
  if (decode == nullptr) fail(ErrorKind::kFormat, "offset 0: neither OFF nor OBJ nor PLY");
  return in_context(format, [&] { return decode(text); });
}

}  // namespace akida::data
