#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/checked.h"
#include "codec/architecture.h"
#include "codec/architecture_fields.h"
#include "snn/variables.h"

namespace akida::codec {
namespace {

std::string format_value(std::int32_t value) { return fmt::format("{}", value); }
std::string format_value(float value) { return fmt::format("{}", value); }
std::string format_value(double value) { return fmt::format("{}", value); }
std::string format_value(bool value) { return value ? "true" : "false"; }
std::string format_value(snn::ConvolutionMode value) { return snn::name_of(value); }
std::string format_value(snn::PoolingType value) { return snn::name_of(value); }

bool is_plain_word(std::string_view text) {
  constexpr std::array<std::string_view, 5> kNotText = {"null", "Null", "NULL", "true", "false"};
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_inner) &&
         std::find(kNotText.begin(), kNotText.end(), text) == kNotText.end();
}

// A YAML scalar that reads back as `text`.
std::string format_text(std::string_view text) {
  if (is_plain_word(text)) return std::string(text);
  std::string quoted = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::vector<std::string> format_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> formatted;
  for (const std::string& text : texts) formatted.push_back(format_text(text));
  return formatted;
}

std::string format_element(const Dense& values, std::int64_t index) {
  if (values.type() == DType::kF32) {
    return format_value(values.data<float>()[static_cast<std::size_t>(index)]);
  }
  return format_value(values.value(index));
}

// Nested lists in the documented shape, the innermost on one line each.
std::string format_list(const Dense& values, std::size_t dimension, std::int64_t first,
                        const std::string& indent) {
  const auto& dims = values.dims();
  if (dimension == dims.size()) return format_element(values, first);
  const bool innermost = dimension + 1 == dims.size();
  std::int64_t step = 1;
  for (std::size_t i = dimension + 1; i < dims.size(); ++i) step *= dims[i];
  std::string text = "[";
  for (std::int64_t i = 0; i < dims[dimension]; ++i) {
    if (i > 0) text += innermost ? ", " : ",\n" + indent + std::string(dimension + 1, ' ');
    text += format_list(values, dimension + 1, first + i * step, indent);
  }
  return text + "]";
}

// One number where it fills the vector.
std::string format_variable(const Dense& values, const std::string& indent) {
  if (values.dims().size() == 1) {
    bool uniform = true;
    for (std::int64_t i = 1; i < values.size(); ++i) {
      uniform = uniform && values.value(i) == values.value(0);
    }
    if (uniform) return format_element(values, 0);
  }
  return "\n" + indent + format_list(values, 0, 0, indent);
}

class ArchitectureWriter {
 public:
  explicit ArchitectureWriter(ArchitectureContent content) : content_(content) {}

  std::string write(const snn::Model& model) {
    write_info(model.info);
    text_ += fmt::format("{}:\n", kLayersKey);
    for (std::size_t i = 0; i < model.layers().size(); ++i) write_layer(model, i);
    return std::move(text_);
  }

 private:
  void write_info(const ModelInfo& info) {
    const ModelInfo defaults;
    if (!info.name.empty()) line(0, kNameKey, format_text(info.name));
    if (info.scaling_a != defaults.scaling_a || info.scaling_b != defaults.scaling_b) {
      line(0, kInputScalingKey, fmt::format("[{}, {}]", info.scaling_a, info.scaling_b));
    }
    if (!info.class_names.empty()) {
      line(0, kClassNamesKey, fmt::format("[{}]", fmt::join(format_texts(info.class_names), ", ")));
    }
    if (!info.anchors.empty()) {
      std::vector<std::string> pairs;
      for (std::size_t i = 0; i + 1 < info.anchors.size(); i += 2) {
        pairs.push_back(fmt::format("[{}, {}]", info.anchors[i], info.anchors[i + 1]));
      }
      line(0, kAnchorsKey, fmt::format("[{}]", fmt::join(pairs, ", ")));
    }
    if (!info.metadata.empty()) text_ += fmt::format("{}:\n", kMetadataKey);
    for (const auto& [key, value] : info.metadata) line(2, format_text(key), format_text(value));
  }

  void write_layer(const snn::Model& model, std::size_t index) {
    const snn::Layer& layer = model.layer(index);
    text_ += fmt::format("  - {}: {}\n", kTypeKey, snn::name_of(layer.type()));
    line(4, kNameKey, format_text(layer.name));
    if (!layer.is_input() && layer.inbounds != std::vector{static_cast<std::uint32_t>(index - 1)}) {
      std::vector<std::string> names;
      for (std::uint32_t inbound : layer.inbounds) names.push_back(model.layer(inbound).name);
      line(4, kInboundKey, fmt::format("[{}]", fmt::join(format_texts(names), ", ")));
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
      if (text != defaults[field++]) line(4, key, text);
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
      if (std::exchange(first, false)) text_ += fmt::format("    {}:\n", kVariablesKey);
      line(6, name, format_variable(values, std::string(8, ' ')));
    }
  }

  void line(int indent, std::string_view key, std::string_view value) {
    text_ += fmt::format("{:{}}{}: {}\n", "", indent, key, value);
  }

  ArchitectureContent content_;
  std::string text_;
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

}  // namespace

std::string write_architecture(const snn::Model& model, ArchitectureContent content) {
  return ArchitectureWriter(content).write(model);
}

std::vector<ArchitectureKey> architecture_keys() {
  const std::string optional = "none";
  std::vector<ArchitectureKey> keys = {
      {"document", kNameKey, "text", optional},
      {"document", kInputScalingKey, "[a, b]", "[1, 0]"},
      {"document", kClassNamesKey, "list of texts", optional},
      {"document", kAnchorsKey, "list of [width, height]", optional},
      {"document", kMetadataKey, "mapping of texts", optional},
      {"document", kLayersKey, "list of layers", "required"},
      {"layer", kTypeKey, names_of(layer_types()), "required"},
      {"layer", kNameKey, "text", "type and index"},
      {"layer", kInboundKey, "list of names", "the previous layer"},
      {"layer", kVariablesKey, "mapping", optional},
  };
  for (const snn::LayerType type : layer_types()) {
    const auto add = [&](const char* key, const auto& value, Presence presence) {
      const bool required = presence == Presence::kRequired;
      keys.push_back(
          {snn::name_of(type), key, type_of(value), required ? "required" : format_value(value)});
    };
    std::visit([&](const auto& parameters) { visit_fields(parameters, add); },
               kDefaultParameters[static_cast<std::size_t>(type)]);
  }
  return keys;
}

}  // namespace akida::codec
