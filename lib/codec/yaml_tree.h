// A YAML document as a tree that knows where everything stands. Internal to codec.
//
// JSON is the flow style of YAML, so one reader serves both. Refused: anchors and aliases (a few
// bytes could stand for gigabytes), explicit tags, duplicate and non-scalar keys, a second
// document, control characters, bytes that are no UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace akida::codec {

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  bool quoted = false;          // of a scalar: text, even if it looks like a number
  std::uint32_t line = 0;       // from 1
  std::uint32_t column = 0;     // from 1
  std::string text;             // of a scalar
  std::vector<YamlNode> items;  // of a list; of a map key, value, key, value, ...

  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::kList; }
  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }

  // "line 3, column 45"
  [[nodiscard]] std::string place() const;

  // The value of `key` in a map, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

// Throws Error(kind, "<place of node>: <message>").
template <typename... Args>
[[noreturn]] void fail_at(const YamlNode& node, ErrorKind kind, fmt::format_string<Args...> format,
                          Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...)).with_context(node.place());
}

// The one document of `text`. Throws kFormat with line and column.
[[nodiscard]] YamlNode parse_yaml(std::string_view text);

// Scalars as values; `what` names them in errors ("'num_neurons'"). Throw kInvalid with line and
// column where the node is something else, e.g. "line 3, column 7: 'stride_x' is '1.5', not an
// integer".
[[nodiscard]] std::string yaml_text(const YamlNode& node, std::string_view what);
[[nodiscard]] std::int32_t yaml_integer(const YamlNode& node, std::string_view what);
[[nodiscard]] float yaml_float(const YamlNode& node, std::string_view what);
[[nodiscard]] double yaml_double(const YamlNode& node, std::string_view what);
[[nodiscard]] bool yaml_boolean(const YamlNode& node, std::string_view what);

// Throws kInvalid where `node` is no list or map.
void require_list(const YamlNode& node, std::string_view what);
void require_map(const YamlNode& node, std::string_view what);

// Whether a plain scalar is a number, so that `variables: {weights: 1}` and
// `variables: {weights: w.npy}` can be told apart.
[[nodiscard]] bool is_number(const YamlNode& node);

}  // namespace akida::codec
