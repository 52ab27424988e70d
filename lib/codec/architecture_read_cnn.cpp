#include <algorithm>
#include <type_traits>

#include "cnn/network_variables.h"
#include "codec/architecture_cnn_fields.h"
#include "codec/architecture_kinds.h"
#include "codec/architecture_values.h"
#include "codec/model_limits.h"

namespace akida::codec {
namespace {

using codec::read_value;  // beside those below, one per type of member

template <HasWords T>
void read_value(const YamlNode& node, std::string_view key, T& value) {
  value =
      read_choice(node, key, words_of(T{}), [](const Word<T>& word) { return word.word; }).value;
}

void read_value(const YamlNode& node, std::string_view key, std::optional<float>& value) {
  value.reset();
  if (node.kind != YamlNode::Kind::kNull) value = yaml_float(node, in_quotes(key));
}

void read_value(const YamlNode& node, std::string_view key, cnn::Dims& value) {
  require_list(node, in_quotes(key));
  constexpr std::size_t kMostNumbers = 4;  // an error prints them all
  if (node.items.size() > kMostNumbers) {
    fail_at(node, ErrorKind::kInvalid, "'{}' has {} numbers, not 1 or 3", key, node.items.size());
  }
  value.clear();
  for (const YamlNode& item : node.items) value.push_back(yaml_integer(item, in_quotes(key)));
}

// One number for both sides, or [height, width].
void read_value(const YamlNode& node, std::string_view key, cnn::Extent& value) {
  if (!node.is_list()) {
    value.height = value.width = yaml_integer(node, in_quotes(key));
    return;
  }
  if (node.items.size() != 2) {
    fail_at(node, ErrorKind::kInvalid, "'{}' has {} numbers, not [height, width]", key,
            node.items.size());
  }
  value.height = yaml_integer(node.items[0], in_quotes(key));
  value.width = yaml_integer(node.items[1], in_quotes(key));
}

void read_value(const YamlNode& node, std::string_view key, cnn::Regularizer& value) {
  require_map(node, in_quotes(key));
  check_known_keys(node, {"l1", "l2"}, key);
  if (const YamlNode* l1 = node.find("l1")) value.l1 = yaml_float(*l1, "'l1'");
  if (const YamlNode* l2 = node.find("l2")) value.l2 = yaml_float(*l2, "'l2'");
}

void read_value(const YamlNode& node, std::string_view key,
                std::optional<cnn::WeightQuantizer>& value) {
  value.reset();
  if (node.kind == YamlNode::Kind::kNull) return;
  require_map(node, in_quotes(key));
  check_known_keys(node, {"kind", "bits", "threshold"}, key);
  value.emplace();
  value->kind = read_choice(require_key(node, "kind", key), "quantizer kind", kQuantizerKinds,
                            [](cnn::QuantizerKind kind) { return cnn::name_of(kind); });
  value->bits = yaml_integer(require_key(node, "bits", key), "'bits'");
  if (const YamlNode* threshold = node.find("threshold")) {
    value->threshold = yaml_float(*threshold, "'threshold'");
  }
}

// Fills what `visit(field)` walks from the keys of `map`; `owner` names it in errors.
template <typename Visit>
void read_arguments(const YamlNode& map, std::string_view owner, const Visit& visit) {
  cnn::Extent pool_size;
  visit([&](const char* key, auto& value, Presence presence) {
    using Value = std::decay_t<decltype(value)>;
    if (presence == Presence::kRequired) {
      read_value(require_key(map, key, owner), key, value);
    } else if (const YamlNode* node = map.find(key)) {
      read_value(*node, key, value);
    } else if constexpr (std::is_same_v<Value, cnn::Extent>) {
      if (presence == Presence::kAsPoolSize) value = pool_size;
    }
    if constexpr (std::is_same_v<Value, cnn::Extent>) pool_size = value;
  });
}

template <typename Visit>
void add_keys(std::vector<std::string>& known, const Visit& visit) {
  visit([&](const char* key, const auto&, Presence) { known.emplace_back(key); });
}

class CnnLayersReader {
 public:
  // Layers are added to `network`.
  CnnLayersReader(const std::string& directory, cnn::Network network)
      : directory_(directory), network_(std::move(network)) {
    for (const cnn::Layer& layer : network_.layers()) names_.push_back(layer.name);
  }

  void read_layer(const YamlNode& map) {
    require_map(map, "a layer");
    const YamlNode& type_node = require_key(map, kTypeKey, "a layer");
    const std::string type = read_choice(type_node, "layer type", keras_type_names(),
                                         [](const std::string& name) { return name; });
    const std::size_t first = network_.layers().size();
    if (!read_block(map, type)) read_single(map, type);
    for (std::size_t i = first; i < network_.layers().size(); ++i) {
      const cnn::Layer& added = network_.layer(i);
      names_.push_back(added.name);
      weights_ += parameter_count(added);
      require_weights(map, weights_, added.name);
    }
    if (const YamlNode* node = map.find(kVariablesKey)) read_variables(*node, first);
  }

  [[nodiscard]] cnn::Network take() { return std::move(network_); }

 private:
  // False where `type` is no block.
  bool read_block(const YamlNode& map, std::string_view type) {
    bool found = false;
    visit_blocks([&](const char* word, auto add, auto layer) {
      if (word != type) return;
      found = true;
      using Layer = decltype(layer);
      cnn::BlockOptions options;
      const auto arguments = [&](const auto& field) { visit_arguments(layer, field); };
      const auto block = [&](const auto& field) { visit_block_options<Layer>(options, field); };
      std::vector<std::string> known = {kTypeKey, kNameKey, kInboundKey};
      add_keys(known, arguments);
      add_keys(known, block);
      check_known_keys(map, known, type);
      read_arguments(map, type, arguments);
      read_arguments(map, type, block);
      options.inbounds = read_inbounds_of(map);
      const std::string name = read_name(map);
      in_context(map.place(), [&] { add(network_, name, layer, options); });
    });
    return found;
  }

  void read_single(const YamlNode& map, std::string_view type) {
    const auto found = std::find_if(
        kDefaultCnnParameters.begin(), kDefaultCnnParameters.end(),
        [&](const cnn::Parameters& parameters) { return type_of(parameters) == type; });
    cnn::Layer layer{.parameters = *found};
    InlineActivation activation = InlineActivation::kLinear;
    std::visit(
        [&](auto& values) {
          const auto arguments = [&](const auto& field) {
            visit_arguments(values, field);
            if constexpr (kTakesInlineActivation<std::decay_t<decltype(values)>>) {
              field(kActivationKey, activation, Presence::kOptional);
            }
          };
          std::vector<std::string> known = {kTypeKey, kNameKey, kInboundKey, kVariablesKey};
          add_keys(known, arguments);
          check_known_keys(map, known, type);
          read_arguments(map, type, arguments);
        },
        layer.parameters);
    layer.name = read_name(map);
    layer.inbounds = read_inbounds_of(map);
    in_context(map.place(), [&] {
      const std::size_t index = network_.add(std::move(layer));
      add_activation(network_.layer(index).name, activation);
    });
  }

  void add_activation(const std::string& layer, InlineActivation activation) {
    if (activation == InlineActivation::kLinear) return;
    cnn::Layer added{.name = fmt::format("{}_{}", layer, word_of(activation))};
    if (activation == InlineActivation::kRelu) {
      added.parameters = cnn::ReLU{};
    } else {
      added.parameters = cnn::Activation{activation == InlineActivation::kSoftmax
                                             ? cnn::ActivationFunction::kSoftmax
                                             : cnn::ActivationFunction::kSigmoid};
    }
    network_.add(std::move(added));
  }

  static std::string_view type_of(const cnn::Parameters& parameters) {
    return type_word(static_cast<cnn::LayerType>(parameters.index()));
  }

  static std::string read_name(const YamlNode& map) {
    const YamlNode* node = map.find(kNameKey);
    if (node == nullptr) return {};
    const std::string name = yaml_text(*node, in_quotes(kNameKey));
    in_context(map.place(), [&] { require_name("layer name", name); });
    return name;
  }

  [[nodiscard]] std::vector<std::uint32_t> read_inbounds_of(const YamlNode& map) const {
    const YamlNode* node = map.find(kInboundKey);
    return node == nullptr ? std::vector<std::uint32_t>{} : read_inbounds(*node, names_);
  }

  void read_variables(const YamlNode& map, std::size_t index) {
    require_map(map, in_quotes(kVariablesKey));
    check_known_keys(map, variable_names(network_.layer(index)),
                     fmt::format("layer '{}'", network_.layer(index).name));
    for (std::size_t i = 0; i < map.items.size(); i += 2) {
      const std::string& name = map.items[i].text;
      const YamlNode& value = map.items[i + 1];
      const Dense values = read_variable(value, name, DType::kF32, directory_);
      in_context(value.place(), [&] { set_variable(network_, index, name, values); });
    }
  }

  std::string directory_;
  cnn::Network network_;
  std::vector<std::string> names_;  // of the network's layers
  std::int64_t weights_ = 0;        // of the layers read so far
};

}  // namespace

std::vector<std::string> keras_type_names() {
  std::vector<std::string> names;
  for (const cnn::Parameters& parameters : kDefaultCnnParameters) {
    names.emplace_back(type_word(static_cast<cnn::LayerType>(parameters.index())));
  }
  visit_blocks([&](const char* word, const auto&, const auto&) { names.emplace_back(word); });
  return names;
}

cnn::Network read_cnn_layers(std::span<const YamlNode> layers, const std::string& directory,
                             cnn::Network network) {
  CnnLayersReader reader(directory, std::move(network));
  for (const YamlNode& layer : layers) reader.read_layer(layer);
  return reader.take();
}

}  // namespace akida::codec
