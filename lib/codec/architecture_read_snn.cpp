#include "codec/architecture_fields.h"
#include "codec/architecture_kinds.h"
#include "codec/architecture_values.h"
#include "codec/model_limits.h"
#include "snn/variables.h"

namespace akida::codec {
namespace {

using codec::read_value;  // beside those below, one per type of member

void read_value(const YamlNode& node, std::string_view key, snn::ConvolutionMode& value) {
  value = read_choice(node, key, kConvolutionModes,
                      [](snn::ConvolutionMode mode) { return snn::name_of(mode); });
}

void read_value(const YamlNode& node, std::string_view key, snn::PoolingType& value) {
  value = read_choice(node, key, kPoolingTypes,
                      [](snn::PoolingType type) { return snn::name_of(type); });
}

snn::Parameters read_parameters(const YamlNode& map) {
  const YamlNode& type_node = require_key(map, kTypeKey, "a layer");
  const auto type = read_choice(type_node, "layer type", layer_types(),
                                [](snn::LayerType choice) { return snn::name_of(choice); });
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

class SnnLayersReader {
 public:
  // Layers are added to `model`.
  SnnLayersReader(const std::string& directory, snn::Model model)
      : directory_(directory), model_(std::move(model)) {
    for (const snn::Layer& layer : model_.layers()) names_.push_back(layer.name);
  }

  void read_layer(const YamlNode& map) {
    require_map(map, "a layer");
    snn::Layer layer;
    layer.parameters = read_parameters(map);
    if (const YamlNode* node = map.find(kNameKey)) {
      layer.name = yaml_text(*node, in_quotes(kNameKey));
    }
    if (const YamlNode* node = map.find(kInboundKey)) layer.inbounds = read_inbounds(*node, names_);
    in_context(map.place(), [&] {
      require_name("layer name", layer.name);
      model_.add(std::move(layer));
    });
    const snn::Layer& added = model_.layers().back();
    names_.push_back(added.name);
    weights_ += added.variables.weights.size() + added.variables.weights_pw.size();
    require_weights(map, weights_, added.name);
    if (const YamlNode* node = map.find(kVariablesKey)) read_variables(*node);
  }

  [[nodiscard]] snn::Model take() { return std::move(model_); }

 private:
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
      const Dense values = read_variable(value, name, type, directory_);
      in_context(value.place(), [&] { snn::set_variable(model_, index, name, values); });
    }
  }

  std::string directory_;
  snn::Model model_;
  std::vector<std::string> names_;  // of the model's layers
  std::int64_t weights_ = 0;        // of the layers read so far
};

}  // namespace

std::vector<std::string> native_type_names() {
  std::vector<std::string> names;
  for (const snn::LayerType type : layer_types()) names.emplace_back(snn::name_of(type));
  return names;
}

snn::Model read_snn_layers(std::span<const YamlNode> layers, const std::string& directory,
                           snn::Model model) {
  SnnLayersReader reader(directory, std::move(model));
  for (const YamlNode& layer : layers) reader.read_layer(layer);
  return reader.take();
}

}  // namespace akida::codec
