#include <fmt/ranges.h>

#include "codec/architecture.h"
#include "codec/architecture_fields.h"
#include "codec/architecture_kinds.h"
#include "codec/architecture_text.h"
#include "snn/variables.h"

namespace akida::codec {
namespace {

using codec::format_value;  // beside those below, one per type of member

std::string format_value(snn::ConvolutionMode value) { return snn::name_of(value); }
std::string format_value(snn::PoolingType value) { return snn::name_of(value); }

class ArchitectureWriter {
 public:
  explicit ArchitectureWriter(ArchitectureContent content) : content_(content) {}

  std::string write(const snn::Model& model) {
    text_.info(model.info);
    for (std::size_t i = 0; i < model.layers().size(); ++i) write_layer(model, i);
    return text_.take();
  }

 private:
  void write_layer(const snn::Model& model, std::size_t index) {
    const snn::Layer& layer = model.layer(index);
    text_.layer(snn::name_of(layer.type()), layer.name);
    if (!layer.is_input() && layer.inbounds != std::vector{static_cast<std::uint32_t>(index - 1)}) {
      std::vector<std::string> names;
      for (std::uint32_t inbound : layer.inbounds) names.push_back(model.layer(inbound).name);
      text_.inbounds(names);
    }
    std::visit([this](const auto& parameters) { write_parameters(parameters); }, layer.parameters);
    if (content_ == ArchitectureContent::kVariables) write_variables(layer);
  }

  template <typename P>
  void write_parameters(const P& parameters) {
    std::vector<std::string> defaults;
    visit_fields(std::get<P>(kDefaultParameters[snn::Parameters(parameters).index()]),
                 [&](const char*, const auto& value, Presence presence) {
                   defaults.push_back(presence == Presence::kRequired ? "" : format_value(value));
                 });
    std::size_t field = 0;
    visit_fields(parameters, [&](const char* key, const auto& value, Presence) {
      const std::string text = format_value(value);
      if (text != defaults[field++]) text_.line(4, key, text);
    });
  }

  // Variables that differ from those of the same layer added without any.
  void write_variables(const snn::Layer& layer) {
    snn::Layer plain = layer;
    plain.variables = {};
    plain.learning.reset();
    defaults_.add(std::move(plain));
    bool first = true;
    for (const std::string& name : snn::variable_names(defaults_.layers().back())) {
      const Dense values = snn::get_variable(layer, name);
      if (values == snn::get_variable(defaults_.layers().back(), name)) continue;
      if (std::exchange(first, false)) text_.variables();
      text_.line(6, name, format_variable(values));
    }
  }

  ArchitectureContent content_;
  ArchitectureText text_;
  snn::Model defaults_;  // the layers so far with default variables
};

std::string type_of(std::int32_t) { return "integer"; }
std::string type_of(float) { return "number"; }
std::string type_of(bool) { return "boolean"; }

template <typename Choices>
std::string names_of(const Choices& choices) {
  std::vector<std::string> names;
  for (const auto choice : choices) names.emplace_back(snn::name_of(choice));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string type_of(snn::ConvolutionMode) { return names_of(kConvolutionModes); }
std::string type_of(snn::PoolingType) { return names_of(kPoolingTypes); }

void add_native_keys(std::vector<ArchitectureKey>& keys) {
  keys.push_back({"native layer", kTypeKey, names_of(layer_types()), "required"});
  keys.push_back({"native layer", kNameKey, "text", "type and index"});
  keys.push_back({"native layer", kInboundKey, "list of names", "the previous layer"});
  keys.push_back({"native layer", kVariablesKey, "mapping", "none"});
  for (const snn::LayerType type : layer_types()) {
    const auto add = [&](const char* key, const auto& value, Presence presence) {
      const bool required = presence == Presence::kRequired;
      keys.push_back(
          {snn::name_of(type), key, type_of(value), required ? "required" : format_value(value)});
    };
    std::visit([&](const auto& parameters) { visit_fields(parameters, add); },
               kDefaultParameters[static_cast<std::size_t>(type)]);
  }
}

}  // namespace

std::string write_architecture(const snn::Model& model, ArchitectureContent content) {
  return ArchitectureWriter(content).write(model);
}

std::vector<ArchitectureKey> architecture_keys() {
  std::vector<ArchitectureKey> keys = {
      {"document", kNameKey, "text", "none"},
      {"document", kInputScalingKey, "[a, b]", "[1, 0]"},
      {"document", kClassNamesKey, "list of texts", "none"},
      {"document", kAnchorsKey, "list of [width, height]", "none"},
      {"document", kMetadataKey, "mapping of texts", "none"},
      {"document", kLayersKey, "list of layers", "required"},
  };
  add_native_keys(keys);
  add_keras_keys(keys);
  return keys;
}

}  // namespace akida::codec
