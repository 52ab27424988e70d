#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/nearest.h"
#include "codec/architecture.h"
#include "codec/architecture_kinds.h"
#include "codec/architecture_values.h"
#include "io/bytes.h"

namespace akida::codec {
namespace {

enum class LayerKind : std::uint8_t { kNative, kKeras };

const char* name_of(LayerKind kind) { return kind == LayerKind::kNative ? "native" : "of Keras"; }

// The kind that a layer's `type` names; nothing where there is none or it is unknown.
std::optional<LayerKind> kind_of(const YamlNode& layer) {
  const YamlNode* type = layer.is_map() ? layer.find(kTypeKey) : nullptr;
  if (type == nullptr || !type->is_scalar()) return std::nullopt;
  const auto is_among = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), type->text) != names.end();
  };
  if (is_among(native_type_names())) return LayerKind::kNative;
  if (is_among(keras_type_names())) return LayerKind::kKeras;
  return std::nullopt;
}

// That of the first layer whose type is known; a network has layers of one kind.
LayerKind kind_of(std::span<const YamlNode> layers) {
  for (const YamlNode& layer : layers) {
    if (const auto kind = kind_of(layer)) return *kind;
  }
  const YamlNode& type = require_key(layers.front(), kTypeKey, "a layer");
  const std::string text = yaml_text(type, "layer type");
  std::vector<std::string> known = native_type_names();
  const std::vector<std::string> keras = keras_type_names();
  known.insert(known.end(), keras.begin(), keras.end());
  fail_at(type, ErrorKind::kInvalid, "layer type '{}' is none of {}{}", text,
          fmt::join(known, ", "), nearest_hint(text, known));
}

void require_kind(std::span<const YamlNode> layers, LayerKind wanted) {
  for (const YamlNode& layer : layers) {
    const auto kind = kind_of(layer);
    if (!kind || *kind == wanted) continue;
    fail_at(*layer.find(kTypeKey), ErrorKind::kInvalid,
            "layer type '{}' is {}, but the other layers are {}; a network has layers of one kind",
            layer.find(kTypeKey)->text, name_of(*kind), name_of(wanted));
  }
}

snn::Model append(snn::Model model, std::span<const YamlNode> layers,
                  const std::string& directory) {
  require_kind(layers, LayerKind::kNative);
  return read_snn_layers(layers, directory, std::move(model));
}

cnn::Network append(cnn::Network network, std::span<const YamlNode> layers,
                    const std::string& directory) {
  require_kind(layers, LayerKind::kKeras);
  return read_cnn_layers(layers, directory, std::move(network));
}

// What `read(text, directory)` makes of the file at `path`; errors start with the file's name.
template <typename Read>
auto read_text_file(const std::string& path, const Read& read) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxArchitectureBytes);
  const std::string directory =
      path == "-" ? "." : std::filesystem::path(path).parent_path().string();
  return in_context(source->name(), [&] {
    return read({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, directory);
  });
}

}  // namespace

AnyModel parse_any_architecture(std::string_view text, const std::string& directory) {
  const YamlNode root = parse_yaml(text);
  check_document(root);
  ModelInfo info = read_info(root);
  const std::span<const YamlNode> layers = document_layers(root).items;
  if (kind_of(layers) == LayerKind::kKeras) {
    cnn::Network network;
    network.info = std::move(info);
    return append(std::move(network), layers, directory);
  }
  snn::Model model;
  model.info = std::move(info);
  return append(std::move(model), layers, directory);
}

snn::Model parse_architecture(std::string_view text, const std::string& directory) {
  AnyModel model = parse_any_architecture(text, directory);
  if (auto* native = std::get_if<snn::Model>(&model)) return std::move(*native);
  fail(ErrorKind::kUnsupported, "the layers are of Keras, but this needs native layers");
}

AnyModel read_any_architecture(const std::string& path) {
  return read_text_file(path, [](std::string_view text, const std::string& directory) {
    return parse_any_architecture(text, directory);
  });
}

snn::Model read_architecture(const std::string& path) {
  return read_text_file(path, [](std::string_view text, const std::string& directory) {
    return parse_architecture(text, directory);
  });
}

void append_layer(AnyModel& model, std::string_view text, const std::string& directory) {
  const YamlNode layer = parse_yaml(text);
  std::visit([&](auto& kind) { kind = append(kind, {&layer, 1}, directory); }, model);
}

void append_layer_file(AnyModel& model, const std::string& path) {
  model = read_text_file(path, [&](std::string_view text, const std::string& directory) {
    AnyModel longer = model;
    append_layer(longer, text, directory);
    return longer;
  });
}

}  // namespace akida::codec
