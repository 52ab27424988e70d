// Pieces of YAML that writers of both kinds of architecture share. Internal to codec.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/model_info.h"
#include "tensor/dense.h"

namespace akida::codec {

// Numbers with the fewest digits that read back as the same value.
[[nodiscard]] std::string format_value(std::int32_t value);
[[nodiscard]] std::string format_value(float value);
[[nodiscard]] std::string format_value(double value);
[[nodiscard]] std::string format_value(bool value);

// A YAML scalar that reads back as `text`.
[[nodiscard]] std::string format_text(std::string_view text);
[[nodiscard]] std::vector<std::string> format_texts(const std::vector<std::string>& texts);

// Nested lists in the variable's shape, or one number where it fills a vector.
[[nodiscard]] std::string format_variable(const Dense& values);

// A document that grows line by line.
class ArchitectureText {
 public:
  // "key: value", after `indent` blanks.
  void line(int indent, std::string_view key, std::string_view value);

  // What a document says besides its layers, and the key that they follow.
  void info(const ModelInfo& info);

  // The beginning of a layer.
  void layer(std::string_view type, const std::string& name);
  void inbounds(const std::vector<std::string>& names);
  void variables();

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace akida::codec
