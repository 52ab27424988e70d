#include "codec/architecture_values.h"

#include <algorithm>
#include <filesystem>

#include "codec/architecture.h"
#include "codec/model_limits.h"
#include "io/bytes.h"
#include "io/npy.h"

namespace akida::codec {
namespace {

// Dimensions of nested lists, from the first element of every level.
std::vector<std::int64_t> list_dims(const YamlNode& values) {
  constexpr std::size_t kMostDimensions = 4;
  std::vector<std::int64_t> dims;
  for (const YamlNode* node = &values; node->is_list(); node = &node->items.front()) {
    if (node->items.empty()) fail_at(*node, ErrorKind::kInvalid, "an empty list");
    if (dims.size() == kMostDimensions) {
      fail_at(*node, ErrorKind::kInvalid, "more than {} lists inside each other", kMostDimensions);
    }
    dims.push_back(static_cast<std::int64_t>(node->items.size()));
  }
  return dims;
}

void flatten(const YamlNode& node, std::span<const std::int64_t> dims, std::string_view what,
             std::vector<const YamlNode*>& scalars) {
  if (dims.empty()) {
    scalars.push_back(&node);
    return;
  }
  if (!node.is_list() || std::ssize(node.items) != dims.front()) {
    fail_at(node, ErrorKind::kInvalid, "{}: a list of {} was expected here, as in the first place",
            what, dims.front());
  }
  for (const YamlNode& item : node.items) flatten(item, dims.subspan(1), what, scalars);
}

// Numbers as floats where the variable holds floats: text is rounded once.
template <typename T>
Dense convert(const std::vector<const YamlNode*>& scalars, std::vector<std::int64_t> dims,
              std::string_view what, T (*read)(const YamlNode&, std::string_view)) {
  Dense values(dtype_of<T>(), std::move(dims));
  for (std::size_t i = 0; i < scalars.size(); ++i) values.data<T>()[i] = read(*scalars[i], what);
  return values;
}

Dense read_values(const YamlNode& node, std::string_view name, DType type) {
  const std::string what = in_quotes(name);
  std::vector<std::int64_t> dims = list_dims(node);
  std::vector<const YamlNode*> scalars;
  flatten(node, dims, what, scalars);
  if (dims.empty()) dims.push_back(1);
  if (type == DType::kF32) return convert<float>(scalars, std::move(dims), what, yaml_float);
  return convert<double>(scalars, std::move(dims), what, yaml_double);
}

// Only files beside the architecture: a document from elsewhere reaches nothing else.
Dense read_file(const YamlNode& node, std::string_view name, const std::string& directory) {
  if (!node.text.ends_with(".npy") || node.text.find('/') != std::string::npos) {
    fail_at(node, ErrorKind::kInvalid,
            "'{}' is '{}', not numbers or the name of a .npy file beside this one", name,
            node.text);
  }
  return in_context(node.place(), [&] {
    const auto source = io::open_source((std::filesystem::path(directory) / node.text).string());
    return io::read_npy(*source);
  });
}

std::vector<double> read_numbers(const YamlNode& node, std::string_view key) {
  require_list(node, in_quotes(key));
  std::vector<double> numbers;
  for (const YamlNode& item : node.items) numbers.push_back(yaml_double(item, in_quotes(key)));
  return numbers;
}

void read_anchors(const YamlNode& node, ModelInfo& info) {
  require_list(node, in_quotes(kAnchorsKey));
  for (const YamlNode& pair : node.items) {
    if (!pair.is_list() || pair.items.size() != 2) {
      fail_at(pair, ErrorKind::kInvalid, "an anchor is [width, height]");
    }
    for (const YamlNode& side : pair.items) {
      info.anchors.push_back(yaml_float(side, "an anchor"));
    }
  }
}

}  // namespace

// Refuses the first key of `map` that is not among `known`.
void check_known_keys(const YamlNode& map, const std::vector<std::string>& known,
                      std::string_view owner) {
  for (std::size_t i = 0; i < map.items.size(); i += 2) {
    const YamlNode& key = map.items[i];
    if (std::find(known.begin(), known.end(), key.text) == known.end()) {
      fail_at(key, ErrorKind::kInvalid, "unknown key '{}' of {}{}", key.text, owner,
              nearest_hint(key.text, known));
    }
  }
}

const YamlNode& require_key(const YamlNode& map, std::string_view key, std::string_view owner) {
  const YamlNode* value = map.find(key);
  if (value == nullptr) fail_at(map, ErrorKind::kInvalid, "{} has no '{}'", owner, key);
  return *value;
}

void check_document(const YamlNode& root) {
  require_map(root, "the document");
  check_known_keys(
      root, {kNameKey, kInputScalingKey, kClassNamesKey, kAnchorsKey, kMetadataKey, kLayersKey},
      "the document");
}

const YamlNode& document_layers(const YamlNode& root) {
  const YamlNode& layers = require_key(root, kLayersKey, "the document");
  require_list(layers, in_quotes(kLayersKey));
  if (layers.items.empty()) fail_at(layers, ErrorKind::kInvalid, "'layers' is empty");
  return layers;
}

ModelInfo read_info(const YamlNode& root) {
  ModelInfo info;
  if (const YamlNode* node = root.find(kNameKey)) info.name = yaml_text(*node, "'name'");
  if (const YamlNode* node = root.find(kInputScalingKey)) {
    const std::vector<double> pair = read_numbers(*node, kInputScalingKey);
    if (pair.size() != 2) {
      fail_at(*node, ErrorKind::kInvalid, "'input_scaling' has {} numbers, not [a, b]",
              pair.size());
    }
    info.scaling_a = pair[0];
    info.scaling_b = pair[1];
  }
  if (const YamlNode* node = root.find(kClassNamesKey)) {
    require_list(*node, in_quotes(kClassNamesKey));
    for (const YamlNode& name : node->items) {
      info.class_names.push_back(yaml_text(name, "a class name"));
    }
  }
  if (const YamlNode* node = root.find(kAnchorsKey)) read_anchors(*node, info);
  if (const YamlNode* node = root.find(kMetadataKey)) {
    require_map(*node, in_quotes(kMetadataKey));
    for (std::size_t i = 0; i < node->items.size(); i += 2) {
      const std::string& key = node->items[i].text;
      info.metadata[key] = yaml_text(node->items[i + 1], in_quotes(key));
    }
  }
  in_context(root.place(), [&] { require_info(info); });
  return info;
}

Dense read_variable(const YamlNode& node, std::string_view name, DType type,
                    const std::string& directory) {
  const bool is_file = node.is_scalar() && !is_number(node);
  return is_file ? read_file(node, name, directory) : read_values(node, name, type);
}

std::vector<std::uint32_t> read_inbounds(const YamlNode& node,
                                         const std::vector<std::string>& names) {
  require_list(node, in_quotes(kInboundKey));
  std::vector<std::uint32_t> inbounds;
  for (const YamlNode& item : node.items) {
    const std::string name = yaml_text(item, "an inbound layer");
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      fail_at(item, ErrorKind::kInvalid, "no earlier layer is called '{}'{}", name,
              nearest_hint(name, names));
    }
    inbounds.push_back(static_cast<std::uint32_t>(found - names.begin()));
  }
  return inbounds;
}

void require_weights(const YamlNode& node, std::int64_t weights, std::string_view layer) {
  if (weights > kMaxArchitectureWeights) {
    fail_at(node, ErrorKind::kInvalid, "{} weights up to layer '{}' exceed limit {}", weights,
            layer, kMaxArchitectureWeights);
  }
}

}  // namespace akida::codec
