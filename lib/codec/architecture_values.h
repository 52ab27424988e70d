// What readers of native and Keras layers share: keys, choices, variables, the model's info.
// Internal to codec. All throw kInvalid with line and column.
#pragma once

#include <fmt/ranges.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/model_info.h"
#include "base/nearest.h"
#include "codec/architecture_keywords.h"
#include "codec/yaml_tree.h"
#include "tensor/dense.h"

namespace akida::codec {

inline std::string in_quotes(std::string_view key) { return fmt::format("'{}'", key); }

// Refuses the first key of `map` that is not among `known`.
void check_known_keys(const YamlNode& map, const std::vector<std::string>& known,
                      std::string_view owner);

[[nodiscard]] const YamlNode& require_key(const YamlNode& map, std::string_view key,
                                          std::string_view owner);

// One of `choices` by the name that name_of(choice) gives it.
template <typename Choices, typename NameOf>
auto read_choice(const YamlNode& node, std::string_view what, const Choices& choices,
                 const NameOf& name_of) {
  const std::string text = yaml_text(node, what);
  std::vector<std::string> names;
  for (const auto& choice : choices) {
    names.emplace_back(name_of(choice));
    if (names.back() == text) return choice;
  }
  fail_at(node, ErrorKind::kInvalid, "{} '{}' is none of {}{}", what, text, fmt::join(names, ", "),
          nearest_hint(text, names));
}

inline void read_value(const YamlNode& node, std::string_view key, std::int32_t& value) {
  value = yaml_integer(node, in_quotes(key));
}

inline void read_value(const YamlNode& node, std::string_view key, float& value) {
  value = yaml_float(node, in_quotes(key));
}

inline void read_value(const YamlNode& node, std::string_view key, bool& value) {
  value = yaml_boolean(node, in_quotes(key));
}

// The keys of a document; refuses others.
void check_document(const YamlNode& root);

// The list of layers, which is not empty.
[[nodiscard]] const YamlNode& document_layers(const YamlNode& root);

// Name, scaling, classes, anchors and metadata of a document.
[[nodiscard]] ModelInfo read_info(const YamlNode& root);

// The value of the variable `name`, which holds elements of `type`: nested lists, one number, or
// the name of a .npy file in `directory`. Floats are rounded once.
[[nodiscard]] Dense read_variable(const YamlNode& node, std::string_view name, DType type,
                                  const std::string& directory);

// Indices of earlier layers, `names`, that a list names.
[[nodiscard]] std::vector<std::uint32_t> read_inbounds(const YamlNode& node,
                                                       const std::vector<std::string>& names);

// Throws where all weights so far, up to `layer`, exceed kMaxArchitectureWeights.
void require_weights(const YamlNode& node, std::int64_t weights, std::string_view layer);

}  // namespace akida::codec
