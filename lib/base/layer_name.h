// The rules for names of layers, which integer networks and networks of Keras layers share.
//
// A name stands in LAYER.VARIABLE, LAYER:spikes=FILE and in place of an index, so it has none of
// '.', ':' and '=' and is not only digits; no two layers of a network have the same.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace akida {

// Whether `text` is an index and no name.
[[nodiscard]] inline bool is_layer_index(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Throws kInvalid where a layer that joins `layers` cannot be called `name`.
template <typename Layers>
void check_layer_name(std::string_view name, const Layers& layers) {
  if (name.empty()) fail(ErrorKind::kInvalid, "layer name is empty");
  if (name.find_first_of(".:=") != std::string_view::npos) {
    fail(ErrorKind::kInvalid, "layer name '{}' contains '.', ':' or '='", name);
  }
  if (is_layer_index(name)) fail(ErrorKind::kInvalid, "layer name '{}' is only digits", name);
  const auto twin =
      std::ranges::find_if(layers, [&](const auto& layer) { return layer.name == name; });
  if (twin != layers.end()) {
    fail(ErrorKind::kInvalid, "layer name '{}' is taken by layer {}", name, twin - layers.begin());
  }
}

// Index of the layer called `name`, or at index `name` where that is digits only. Throws kUsage
// naming the known layers of `owner` ("model").
template <typename Layers>
[[nodiscard]] std::size_t find_layer(const Layers& layers, std::string_view name,
                                     std::string_view owner) {
  if (is_layer_index(name)) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error == std::errc() && index < layers.size()) return index;
    fail(ErrorKind::kUsage, "no layer {}: the {} has {} layers", name, owner, layers.size());
  }
  std::string known;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].name == name) return i;
    known += (i == 0 ? "" : ", ") + layers[i].name;
  }
  fail(ErrorKind::kUsage, "no layer '{}'; the {} has: {}", name, owner, known);
}

}  // namespace akida
