#include "codec/model_limits.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "base/utf8.h"
#include "cnn/layer_quantizers.h"
#include "codec/model_file.h"

namespace akida::codec {
namespace {

constexpr std::array<std::string_view, 6> kVariables = {
    "weights", "weights_pw", "threshold_fire", "threshold_fire_step", "shift", "scale"};
constexpr std::array<std::string_view, 5> kVariablesOfOneKernel = {
    "weights", "threshold_fire", "threshold_fire_step", "shift", "scale"};

void require_count(std::string_view what, std::size_t count) {
  if (count > kMaxModelEntries) {
    fail(ErrorKind::kInvalid, "{}: {} entries exceed limit {}", what, count, kMaxModelEntries);
  }
}

void require_text(std::string_view what, std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    fail(ErrorKind::kInvalid, "{}: {} bytes exceed limit {}", what, text.size(), limit);
  }
  if (const auto bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    fail(ErrorKind::kInvalid, "{}: byte {}: value {:#04x} is no UTF-8", what, bad,
         static_cast<unsigned char>(text[bad]));
  }
  if (const auto at = find_control_character(text); at != std::string_view::npos) {
    fail(ErrorKind::kInvalid, "{}: byte {}: control character {:#04x}", what, at,
         static_cast<unsigned char>(text[at]));
  }
}

void require_finite(std::string_view what, double value) {
  if (!std::isfinite(value)) fail(ErrorKind::kInvalid, "{} {} is not finite", what, value);
}

}  // namespace

void require_text(std::string_view what, std::string_view text) {
  require_text(what, text, kMaxModelStringBytes);
}

void require_name(std::string_view what, std::string_view text) {
  require_text(what, text, kMaxModelNameBytes);
}

void require_info(const ModelInfo& info) {
  require_name("name", info.name);
  require_text("producer", info.producer);
  require_count("history", info.history.size());
  for (const HistoryEntry& entry : info.history) {
    require_text("history: tool", entry.tool);
    require_text("history: version", entry.version);
    require_text("history: subcommand", entry.subcommand);
    require_text("history: options", entry.options);
  }
  require_count("metadata", info.metadata.size());
  for (const auto& [key, value] : info.metadata) {
    require_text("metadata: key", key);
    require_text("metadata: value", value);
  }
  require_count("class_names", info.class_names.size());
  for (const std::string& name : info.class_names) {
    if (name.empty()) fail(ErrorKind::kInvalid, "class_names: a name is empty");
    require_name("class_names", name);
  }
  require_finite("scaling_a", info.scaling_a);
  require_finite("scaling_b", info.scaling_b);
  if (info.scaling_a <= 0) {
    fail(ErrorKind::kInvalid, "scaling_a {} is not above 0", info.scaling_a);
  }
  require_count("anchors", info.anchors.size());
  if (info.anchors.size() % 2 != 0) {
    fail(ErrorKind::kInvalid, "anchors: {} numbers are no (width, height) pairs",
         info.anchors.size());
  }
  for (float anchor : info.anchors) require_finite("anchors: value", double{anchor});
}

std::uint32_t required_version(const cnn::Network& network) {
  const bool quantized =
      std::any_of(network.layers().begin(), network.layers().end(), cnn::is_quantized);
  return quantized ? kQuantizerVersion : kFirstVersion;
}

std::span<const std::string_view> stored_variables(snn::LayerType type) {
  const std::span<const std::string_view> one_kernel(kVariablesOfOneKernel);
  switch (type) {
    case snn::LayerType::kInputData:
      return {};
    case snn::LayerType::kSeparableConvolutional:
      return kVariables;
    case snn::LayerType::kConcat:
      return one_kernel.subspan(1);
    default:
      return one_kernel;
  }
}

InputKind input_kind(const snn::Layer& input_layer) {
  if (const auto* events = std::get_if<snn::InputData>(&input_layer.parameters)) {
    return {.is_image = false, .bits = events->input_bits};
  }
  return {.is_image = true, .bits = 8};
}

}  // namespace akida::codec
