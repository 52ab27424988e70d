// The one table of Keras layers' arguments and of block options in architecture files. Internal to
// codec.
//
// Reading, writing and architecture_keys() all walk it. Keys, order and defaults are those of
// Keras; defaults are the members' initial values.
#pragma once

#include <array>
#include <string_view>

#include "cnn/blocks.h"
#include "codec/architecture_keywords.h"

namespace akida::codec {

// An enumeration value and its word in architecture files.
template <typename T>
struct Word {
  T value;
  const char* word;
};

inline constexpr std::array<Word<cnn::Padding>, 2> kPaddings = {
    {{cnn::Padding::kValid, "valid"}, {cnn::Padding::kSame, "same"}}};

inline constexpr std::array<Word<cnn::ActivationFunction>, 3> kActivationFunctions = {
    {{cnn::ActivationFunction::kLinear, "linear"},
     {cnn::ActivationFunction::kSoftmax, "softmax"},
     {cnn::ActivationFunction::kSigmoid, "sigmoid"}}};

inline constexpr std::array<Word<cnn::BlockPooling>, 5> kBlockPoolings = {
    {{cnn::BlockPooling::kNone, "none"},
     {cnn::BlockPooling::kMax, "max"},
     {cnn::BlockPooling::kAverage, "avg"},
     {cnn::BlockPooling::kGlobalMax, "global_max"},
     {cnn::BlockPooling::kGlobalAverage, "global_avg"}}};

// `activation` of a neural layer: what Keras computes inside of it becomes a layer of its own.
enum class InlineActivation : unsigned char { kLinear, kRelu, kSoftmax, kSigmoid };
inline constexpr const char* kActivationKey = "activation";
inline constexpr std::array<Word<InlineActivation>, 4> kInlineActivations = {
    {{InlineActivation::kLinear, "linear"},
     {InlineActivation::kRelu, "relu"},
     {InlineActivation::kSoftmax, "softmax"},
     {InlineActivation::kSigmoid, "sigmoid"}}};

inline constexpr std::array kQuantizerKinds = {
    cnn::QuantizerKind::kMax,        cnn::QuantizerKind::kMaxPerAxis,   cnn::QuantizerKind::kStd,
    cnn::QuantizerKind::kStdPerAxis, cnn::QuantizerKind::kTrainableStd, cnn::QuantizerKind::kFixed,
    cnn::QuantizerKind::kLsq};

// The words of an enumeration, found by its type.
constexpr const auto& words_of(cnn::Padding) { return kPaddings; }
constexpr const auto& words_of(cnn::ActivationFunction) { return kActivationFunctions; }
constexpr const auto& words_of(cnn::BlockPooling) { return kBlockPoolings; }
constexpr const auto& words_of(InlineActivation) { return kInlineActivations; }

template <typename T>
concept HasWords = requires(T value) {
  words_of(value);
};

template <HasWords T>
const char* word_of(T value) {
  return words_of(value)[static_cast<std::size_t>(value)].word;
}

// The word for a layer's type: Keras' class, and Input for the layer that Keras' Input() makes.
inline const char* type_word(cnn::LayerType type) {
  return type == cnn::LayerType::kInput ? "Input" : cnn::name_of(type);
}

// Calls field(key, member, presence) for every argument of `layer`, one of the alternatives of
// cnn::Parameters, const or not.
template <typename L, typename Field>
void visit_arguments(L&& layer, const Field& field) {
  constexpr auto kRequired = Presence::kRequired;
  constexpr auto kOptional = Presence::kOptional;
  if constexpr (requires { layer.shape; }) field("shape", layer.shape, kRequired);
  if constexpr (requires { layer.scale; }) field("scale", layer.scale, kRequired);
  if constexpr (requires { layer.offset; }) field("offset", layer.offset, kOptional);
  if constexpr (requires { layer.filters; }) field("filters", layer.filters, kRequired);
  if constexpr (requires { layer.units; }) field("units", layer.units, kRequired);
  if constexpr (requires { layer.kernel_size; }) {
    field("kernel_size", layer.kernel_size, kRequired);
    field("strides", layer.strides, kOptional);
  }
  if constexpr (requires { layer.pool_size; }) {
    field("pool_size", layer.pool_size, kOptional);
    field("strides", layer.strides, Presence::kAsPoolSize);
  }
  if constexpr (requires { layer.padding; }) field("padding", layer.padding, kOptional);
  if constexpr (requires { layer.use_bias; }) field("use_bias", layer.use_bias, kOptional);
  if constexpr (requires { layer.kernel_regularizer; }) {
    field("kernel_regularizer", layer.kernel_regularizer, kOptional);
  }
  if constexpr (requires { layer.depthwise_regularizer; }) {
    field("depthwise_regularizer", layer.depthwise_regularizer, kOptional);
  }
  if constexpr (requires { layer.pointwise_regularizer; }) {
    field("pointwise_regularizer", layer.pointwise_regularizer, kOptional);
  }
  if constexpr (requires { layer.kernel_quantizer; }) {
    field("kernel_quantizer", layer.kernel_quantizer, kOptional);
  }
  if constexpr (requires { layer.depthwise_quantizer; }) {
    field("depthwise_quantizer", layer.depthwise_quantizer, kOptional);
  }
  if constexpr (requires { layer.pointwise_quantizer; }) {
    field("pointwise_quantizer", layer.pointwise_quantizer, kOptional);
  }
  if constexpr (requires { layer.momentum; }) {
    field("momentum", layer.momentum, kOptional);
    field("epsilon", layer.epsilon, kOptional);
    field("min_gamma", layer.min_gamma, kOptional);
  }
  if constexpr (requires { layer.bitwidth; }) field("bitwidth", layer.bitwidth, kOptional);
  if constexpr (requires { layer.max_value; }) field("max_value", layer.max_value, kOptional);
  if constexpr (requires { layer.activity_regularizer; }) {
    field("activity_regularizer", layer.activity_regularizer, kOptional);
  }
  if constexpr (requires { layer.target_shape; }) {
    field("target_shape", layer.target_shape, kRequired);
  }
  if constexpr (requires { layer.rate; }) field("rate", layer.rate, kRequired);
  if constexpr (requires { layer.function; }) field(kActivationKey, layer.function, kRequired);
}

// The same for the options of a block around a layer of type L; a dense block has no pooling.
template <typename L, typename Options, typename Field>
void visit_block_options(Options&& options, const Field& field) {
  constexpr auto kOptional = Presence::kOptional;
  if constexpr (requires(L layer) { layer.kernel_size; }) {
    field("pooling", options.pooling, kOptional);
    field("pool_size", options.pool_size, kOptional);
  }
  field("add_batchnorm", options.add_batchnorm, kOptional);
  field("add_activation", options.add_activation, kOptional);
  field("max_value", options.max_value, kOptional);
  if constexpr (requires(L layer) { layer.kernel_size; }) {
    field("min_gamma", options.min_gamma, kOptional);
  }
}

template <typename L>
constexpr bool kTakesInlineActivation = requires(L layer) {
  layer.use_bias;
};  // neural layers have a bias

// Blocks by their words. Calls block(word, add, layer) for each: `add` is the function of
// cnn/blocks.h, `layer` the neural layer with its defaults.
template <typename Block>
void visit_blocks(const Block& block) {
  block("conv_block", cnn::conv_block, cnn::Conv2D{});
  block("separable_conv_block", cnn::separable_conv_block, cnn::SeparableConv2D{});
  block("dense_block", cnn::dense_block, cnn::Dense{});
}

// Parameters with their defaults, one of each layer type, in the order of cnn::LayerType.
template <std::size_t... I>
std::array<cnn::Parameters, sizeof...(I)> default_cnn_parameters(std::index_sequence<I...>) {
  return {cnn::Parameters(std::in_place_index<I>)...};
}
inline const auto kDefaultCnnParameters =
    default_cnn_parameters(std::make_index_sequence<std::variant_size_v<cnn::Parameters>>{});

}  // namespace akida::codec
