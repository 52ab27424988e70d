#include "codec/architecture_text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "codec/architecture_keywords.h"

namespace akida::codec {
namespace {

bool is_plain_word(std::string_view text) {
  constexpr std::array<std::string_view, 5> kNotText = {"null", "Null", "NULL", "true", "false"};
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), is_inner) &&
         std::find(kNotText.begin(), kNotText.end(), text) == kNotText.end();
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

}  // namespace

std::string format_value(std::int32_t value) { return fmt::format("{}", value); }
std::string format_value(float value) { return fmt::format("{}", value); }
std::string format_value(double value) { return fmt::format("{}", value); }
std::string format_value(bool value) { return value ? "true" : "false"; }

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

std::string format_variable(const Dense& values) {
  const std::string indent(8, ' ');
  if (values.dims().size() == 1) {
    bool uniform = true;  // zeros may have signs
    for (std::int64_t i = 1; i < values.size(); ++i) {
      uniform = uniform && format_element(values, i) == format_element(values, 0);
    }
    if (uniform) return format_element(values, 0);
  }
  return "\n" + indent + format_list(values, 0, 0, indent);
}

void ArchitectureText::line(int indent, std::string_view key, std::string_view value) {
  text_ += fmt::format("{:{}}{}: {}\n", "", indent, key, value);
}

void ArchitectureText::info(const ModelInfo& info) {
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
  text_ += fmt::format("{}:\n", kLayersKey);
}

void ArchitectureText::layer(std::string_view type, const std::string& name) {
  text_ += fmt::format("  - {}: {}\n", kTypeKey, type);
  line(4, kNameKey, format_text(name));
}

void ArchitectureText::inbounds(const std::vector<std::string>& names) {
  line(4, kInboundKey, fmt::format("[{}]", fmt::join(format_texts(names), ", ")));
}

void ArchitectureText::variables() { text_ += fmt::format("    {}:\n", kVariablesKey); }

}  // namespace akida::codec
