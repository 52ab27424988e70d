#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/nearest.h"
#include "codec/architecture.h"
#include "codec/architecture_fields.h"
#include "codec/model_limits.h"
#include "codec/yaml_tree.h"
#include "io/bytes.h"
#include "io/npy.h"
#include "snn/variables.h"

namespace akida::codec {
namespace {

std::string in_quotes(std::string_view key) { return fmt::format("'{}'", key); }

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

// One of `choices` by its name.
template <typename Choices>
auto read_choice(const YamlNode& node, std::string_view what, const Choices& choices) {
  const std::string text = yaml_text(node, what);
  std::vector<std::string> names;
  for (const auto choice : choices) {
    names.emplace_back(snn::name_of(choice));
    if (names.back() == text) return choice;
  }
  fail_at(node, ErrorKind::kInvalid, "{} '{}' is none of {}{}", what, text, fmt::join(names, ", "),
          nearest_hint(text, names));
}

void read_value(const YamlNode& node, std::string_view key, std::int32_t& value) {
  value = yaml_integer(node, in_quotes(key));
}

void read_value(const YamlNode& node, std::string_view key, float& value) {
  value = yaml_float(node, in_quotes(key));
}

void read_value(const YamlNode& node, std::string_view key, bool& value) {
  value = yaml_boolean(node, in_quotes(key));
}

void read_value(const YamlNode& node, std::string_view key, snn::ConvolutionMode& value) {
  value = read_choice(node, key, kConvolutionModes);
}

void read_value(const YamlNode& node, std::string_view key, snn::PoolingType& value) {
  value = read_choice(node, key, kPoolingTypes);
}

snn::Parameters read_parameters(const YamlNode& map) {
  const YamlNode& type_node = require_key(map, kTypeKey, "a layer");
  const auto type = read_choice(type_node, "layer type", layer_types());
  snn::Parameters parameters = kDefaultParameters[static_cast<std::size_t>(type)];
  std::vector<std::string> known = {kTypeKey, kNameKey, kInboundKey, kVariablesKey};
  std::visit(
      [&](auto& alternative) {
        visit_fields(alternative,
                     [&](const char* key, const auto&, Presence) { known.emplace_back(key); });
        check_known_keys(map, known, snn::name_of(type));
        visit_fields(alternative, [&](const char* key, auto& value, Presence presence) {
          if (presence == Presence::kRequired) {
            read_value(require_key(map, key, snn::name_of(type)), key, value);
          } else if (const YamlNode* node = map.find(key)) {
            read_value(*node, key, value);
          }
        });
      },
      parameters);
  return parameters;
}

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

std::vector<std::string> document_keys() {
  return {kNameKey, kInputScalingKey, kClassNamesKey, kAnchorsKey, kMetadataKey, kLayersKey};
}

class ArchitectureReader {
 public:
  // Layers are added to `model`.
  explicit ArchitectureReader(const std::string& directory, snn::Model model = {})
      : directory_(directory), model_(std::move(model)) {
    for (const snn::Layer& layer : model_.layers()) names_.push_back(layer.name);
  }

  snn::Model read(const YamlNode& root) {
    require_map(root, "the document");
    check_known_keys(root, document_keys(), "the document");
    read_info(root);
    const YamlNode& layers = require_key(root, kLayersKey, "the document");
    require_list(layers, in_quotes(kLayersKey));
    if (layers.items.empty()) fail_at(layers, ErrorKind::kInvalid, "'layers' is empty");
    for (const YamlNode& layer : layers.items) read_layer(layer);
    return std::move(model_);
  }

  snn::Model append(const YamlNode& layer) {
    read_layer(layer);
    return std::move(model_);
  }

 private:
  void read_info(const YamlNode& root) {
    ModelInfo& info = model_.info;
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
    if (const YamlNode* node = root.find(kAnchorsKey)) read_anchors(*node);
    if (const YamlNode* node = root.find(kMetadataKey)) {
      require_map(*node, in_quotes(kMetadataKey));
      for (std::size_t i = 0; i < node->items.size(); i += 2) {
        const std::string& key = node->items[i].text;
        info.metadata[key] = yaml_text(node->items[i + 1], in_quotes(key));
      }
    }
    try {
      require_info(info);
    } catch (const Error& error) {
      throw error.with_context(root.place());
    }
  }

  static std::vector<double> read_numbers(const YamlNode& node, std::string_view key) {
    require_list(node, in_quotes(key));
    std::vector<double> numbers;
    for (const YamlNode& item : node.items) numbers.push_back(yaml_double(item, in_quotes(key)));
    return numbers;
  }

  void read_anchors(const YamlNode& node) {
    require_list(node, in_quotes(kAnchorsKey));
    for (const YamlNode& pair : node.items) {
      if (!pair.is_list() || pair.items.size() != 2) {
        fail_at(pair, ErrorKind::kInvalid, "an anchor is [width, height]");
      }
      for (const YamlNode& side : pair.items) {
        model_.info.anchors.push_back(yaml_float(side, "an anchor"));
      }
    }
  }

  void read_layer(const YamlNode& map) {
    require_map(map, "a layer");
    snn::Layer layer;
    layer.parameters = read_parameters(map);
    if (const YamlNode* node = map.find(kNameKey)) {
      layer.name = yaml_text(*node, in_quotes(kNameKey));
    }
    if (const YamlNode* node = map.find(kInboundKey)) layer.inbounds = read_inbounds(*node);
    try {
      require_name("layer name", layer.name);
      model_.add(std::move(layer));
    } catch (const Error& error) {
      throw error.with_context(map.place());
    }
    const snn::Layer& added = model_.layers().back();
    names_.push_back(added.name);
    weights_ += added.variables.weights.size() + added.variables.weights_pw.size();
    if (weights_ > kMaxArchitectureWeights) {
      fail_at(map, ErrorKind::kInvalid, "{} weights up to layer '{}' exceed limit {}", weights_,
              added.name, kMaxArchitectureWeights);
    }
    if (const YamlNode* node = map.find(kVariablesKey)) read_variables(*node);
  }

  std::vector<std::uint32_t> read_inbounds(const YamlNode& node) const {
    require_list(node, in_quotes(kInboundKey));
    std::vector<std::uint32_t> inbounds;
    for (const YamlNode& item : node.items) {
      const std::string name = yaml_text(item, "an inbound layer");
      const auto found = std::find(names_.begin(), names_.end(), name);
      if (found == names_.end()) {
        fail_at(item, ErrorKind::kInvalid, "no earlier layer is called '{}'{}", name,
                nearest_hint(name, names_));
      }
      inbounds.push_back(static_cast<std::uint32_t>(found - names_.begin()));
    }
    return inbounds;
  }

  // Of the layer added last.
  void read_variables(const YamlNode& map) {
    require_map(map, in_quotes(kVariablesKey));
    const std::size_t index = model_.layers().size() - 1;
    const std::vector<std::string> known = snn::variable_names(model_.layer(index));
    check_known_keys(map, known, fmt::format("layer '{}'", names_.back()));
    for (std::size_t i = 0; i < map.items.size(); i += 2) {
      const std::string& name = map.items[i].text;
      const YamlNode& value = map.items[i + 1];
      const DType type = snn::get_variable(model_.layer(index), name).type();
      const bool is_file = value.is_scalar() && !is_number(value);
      const Dense values = is_file ? read_file(value, name) : read_values(value, name, type);
      try {
        snn::set_variable(model_, index, name, values);
      } catch (const Error& error) {
        throw error.with_context(value.place());
      }
    }
  }

  // Only files beside the architecture: a document from elsewhere reaches nothing else.
  Dense read_file(const YamlNode& node, std::string_view name) const {
    if (!node.text.ends_with(".npy") || node.text.find('/') != std::string::npos) {
      fail_at(node, ErrorKind::kInvalid,
              "'{}' is '{}', not numbers or the name of a .npy file beside this one", name,
              node.text);
    }
    try {
      const auto source = io::open_source((std::filesystem::path(directory_) / node.text).string());
      return io::read_npy(*source);
    } catch (const Error& error) {
      throw error.with_context(node.place());
    }
  }

  std::string directory_;
  snn::Model model_;
  std::vector<std::string> names_;  // of the model's layers
  std::int64_t weights_ = 0;        // of the layers read so far
};

// What `read(text, directory)` makes of the file at `path`; errors start with the file's name.
template <typename Read>
snn::Model read_text_file(const std::string& path, const Read& read) {
  const auto source = io::open_source(path);
  const std::vector<std::byte> bytes = io::read_all(*source, kMaxArchitectureBytes);
  const std::string directory =
      path == "-" ? "." : std::filesystem::path(path).parent_path().string();
  try {
    return read({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, directory);
  } catch (const Error& error) {
    throw error.with_context(source->name());
  }
}

}  // namespace

snn::Model parse_architecture(std::string_view text, const std::string& directory) {
  return ArchitectureReader(directory).read(parse_yaml(text));
}

snn::Model read_architecture(const std::string& path) {
  return read_text_file(path, [](std::string_view text, const std::string& directory) {
    return parse_architecture(text, directory);
  });
}

void append_layer(snn::Model& model, std::string_view text, const std::string& directory) {
  model = ArchitectureReader(directory, model).append(parse_yaml(text));
}

void append_layer_file(snn::Model& model, const std::string& path) {
  model = read_text_file(path, [&](std::string_view text, const std::string& directory) {
    return ArchitectureReader(directory, model).append(parse_yaml(text));
  });
}

}  // namespace akida::codec
