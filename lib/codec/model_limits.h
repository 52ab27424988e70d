// What model files and architecture files agree on: the caps of a model's info and the variables
// that a layer type stores. Internal to codec.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/model_info.h"
#include "cnn/network.h"
#include "snn/layer.h"

namespace akida::codec {

// Throws kInvalid naming `what` where `text` is longer than kMaxModelStringBytes, no UTF-8, or has
// control characters.
void require_text(std::string_view what, std::string_view text);

// The same for a name: at most kMaxModelNameBytes.
void require_name(std::string_view what, std::string_view text);

// Texts, counts and numbers of `info` against their caps: scaling_a finite and above 0, scaling_b
// and anchors finite, anchors in pairs, class names not empty. Throws kInvalid.
void require_info(const ModelInfo& info);

// Versions of model files, and the lowest that can hold `network`.
inline constexpr std::uint32_t kFirstVersion = 1;
inline constexpr std::uint32_t kQuantizerVersion = 2;
[[nodiscard]] std::uint32_t required_version(const cnn::Network& network);

// Names of the variables that a layer of `type` stores, in order.
[[nodiscard]] std::span<const std::string_view> stored_variables(snn::LayerType type);

// The input that a model with `input_layer` in front expects.
struct InputKind {
  bool is_image = false;  // 8-bit images, or else events
  std::int32_t bits = 0;
};
[[nodiscard]] InputKind input_kind(const snn::Layer& input_layer);

}  // namespace akida::codec
