#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <type_traits>

#include "codec/architecture_cnn_fields.h"
#include "codec/architecture_kinds.h"
#include "codec/architecture_text.h"

namespace akida::codec {
namespace {

using codec::format_value;  // beside those below, one per type of member

template <HasWords T>
std::string format_value(T value) {
  return word_of(value);
}

std::string format_value(const std::optional<float>& value) {
  return value ? format_value(*value) : "null";
}

std::string format_value(const cnn::Dims& value) {
  return fmt::format("[{}]", fmt::join(value, ", "));
}

std::string format_value(const cnn::Extent& value) {
  if (value.height == value.width) return format_value(value.height);
  return fmt::format("[{}, {}]", value.height, value.width);
}

std::string format_value(const cnn::Regularizer& value) {
  if (value == cnn::Regularizer{}) return "{}";
  if (value.l1 == 0) return fmt::format("{{l2: {}}}", value.l2);
  if (value.l2 == 0) return fmt::format("{{l1: {}}}", value.l1);
  return fmt::format("{{l1: {}, l2: {}}}", value.l1, value.l2);
}

std::string format_value(const std::optional<cnn::WeightQuantizer>& value) {
  if (!value) return "null";
  const std::string threshold = value->threshold == cnn::WeightQuantizer{}.threshold
                                    ? ""
                                    : fmt::format(", threshold: {}", value->threshold);
  return fmt::format("{{kind: {}, bits: {}{}}}", cnn::name_of(value->kind), value->bits, threshold);
}

class CnnArchitectureWriter {
 public:
  explicit CnnArchitectureWriter(ArchitectureContent content) : content_(content) {}

  std::string write(const cnn::Network& network) {
    text_.info(network.info);
    for (std::size_t i = 0; i < network.layers().size(); ++i) write_layer(network, i);
    return text_.take();
  }

 private:
  void write_layer(const cnn::Network& network, std::size_t index) {
    const cnn::Layer& layer = network.layer(index);
    text_.layer(type_word(layer.type()), layer.name);
    if (index > 0 && layer.inbounds != std::vector{static_cast<std::uint32_t>(index - 1)}) {
      std::vector<std::string> names;
      for (std::uint32_t inbound : layer.inbounds) names.push_back(network.layer(inbound).name);
      text_.inbounds(names);
    }
    std::visit([this](const auto& arguments) { write_arguments(arguments); }, layer.parameters);
    if (content_ == ArchitectureContent::kVariables) write_variables(layer);
  }

  template <typename L>
  void write_arguments(const L& layer) {
    std::vector<std::string> defaults;
    visit_arguments(L{}, [&](const char*, const auto& value, Presence presence) {
      defaults.push_back(presence == Presence::kRequired ? "" : format_value(value));
    });
    std::size_t field = 0;
    std::string previous;  // strides of a pool follow its size
    visit_arguments(layer, [&](const char* key, const auto& value, Presence presence) {
      const std::string text = format_value(value);
      const std::string& expected = presence == Presence::kAsPoolSize ? previous : defaults[field];
      if (text != expected) text_.line(4, key, text);
      previous = text;
      ++field;
    });
  }

  void write_variables(const cnn::Layer& layer) {
    const std::vector<cnn::VariableSpec> specs = variable_specs(layer);
    bool first = true;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      const auto values = layer.variables[i].value.data<float>();
      const auto initial = std::bit_cast<std::uint32_t>(specs[i].initial);
      if (std::all_of(values.begin(), values.end(), [&](float value) {
            return std::bit_cast<std::uint32_t>(value) == initial;
          })) {
        continue;
      }
      if (std::exchange(first, false)) text_.variables();
      text_.line(6, layer.variables[i].name, format_variable(layer.variables[i].value));
    }
  }

  ArchitectureContent content_;
  ArchitectureText text_;
};

std::string type_of(std::int32_t) { return "integer"; }
std::string type_of(float) { return "number"; }
std::string type_of(bool) { return "boolean"; }
std::string type_of(const std::optional<float>&) { return "number or null"; }
std::string type_of(const cnn::Dims&) { return "list of 1 or 3 integers"; }
std::string type_of(const cnn::Extent&) { return "integer or [height, width]"; }
std::string type_of(const std::optional<cnn::WeightQuantizer>&) {
  return "mapping of kind, bits, threshold, or null";
}
std::string type_of(const cnn::Regularizer&) { return "mapping of l1, l2"; }

template <HasWords T>
std::string type_of(T) {
  std::vector<std::string> words;
  for (const Word<T>& word : words_of(T{})) words.emplace_back(word.word);
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::string write_architecture(const cnn::Network& network, ArchitectureContent content) {
  return CnnArchitectureWriter(content).write(network);
}

void add_keras_keys(std::vector<ArchitectureKey>& keys) {
  keys.push_back({"Keras layer", kTypeKey, fmt::format("{}", fmt::join(keras_type_names(), ", ")),
                  "required"});
  keys.push_back({"Keras layer", kNameKey, "text", "Keras' automatic name"});
  keys.push_back({"Keras layer", kInboundKey, "list of names", "the previous layer"});
  keys.push_back({"Keras layer", kVariablesKey, "mapping", "none"});
  const auto adder = [&](const char* owner) {
    return [&keys, owner](const char* key, const auto& value, Presence presence) {
      const std::string by_default = presence == Presence::kRequired     ? "required"
                                     : presence == Presence::kAsPoolSize ? "pool_size"
                                                                         : format_value(value);
      keys.push_back({owner, key, type_of(value), by_default});
    };
  };
  for (const cnn::Parameters& parameters : kDefaultCnnParameters) {
    std::visit(
        [&](const auto& layer) {
          const auto add = adder(type_word(static_cast<cnn::LayerType>(parameters.index())));
          visit_arguments(layer, add);
          if constexpr (kTakesInlineActivation<std::decay_t<decltype(layer)>>) {
            add(kActivationKey, InlineActivation::kLinear, Presence::kOptional);
          }
        },
        parameters);
  }
  visit_blocks([&](const char* word, const auto&, const auto& layer) {
    visit_arguments(layer, adder(word));
    visit_block_options<std::decay_t<decltype(layer)>>(cnn::BlockOptions{}, adder(word));
  });
}

}  // namespace akida::codec
