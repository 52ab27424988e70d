#include "cnn/network.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/error.h"
#include "base/layer_name.h"
#include "cnn/shapes.h"

namespace akida::cnn {
namespace {

struct TypeName {
  const char* name;       // Keras' class
  const char* automatic;  // stem of Keras' automatic layer names
};
// In the order of LayerType.
constexpr TypeName kTypeNames[] = {
    {"InputLayer", "input"},
    {"Rescaling", "rescaling"},
    {"Conv2D", "conv2d"},
    {"SeparableConv2D", "separable_conv2d"},
    {"DepthwiseConv2D", "depthwise_conv2d"},
    {"Dense", "dense"},
    {"BatchNormalization", "batch_normalization"},
    {"ReLU", "re_lu"},
    {"MaxPooling2D", "max_pooling2d"},
    {"AveragePooling2D", "average_pooling2d"},
    {"GlobalAveragePooling2D", "global_average_pooling2d"},
    {"GlobalMaxPooling2D", "global_max_pooling2d"},
    {"Flatten", "flatten"},
    {"Reshape", "reshape"},
    {"Dropout", "dropout"},
    {"Activation", "activation"},
    {"Softmax", "softmax"},
    {"Concatenate", "concatenate"},
    {"ActivationDiscreteRelu", "activation_discrete_relu"},
    {"QuantizedReLU", "quantized_relu"},
};
static_assert(std::size(kTypeNames) == std::variant_size_v<Parameters>);

const TypeName& type_name(LayerType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

// The number N of "stem_N", 0 for "stem" itself, or nothing.
std::optional<std::uint32_t> automatic_number(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem)) return std::nullopt;
  name.remove_prefix(stem.size());
  if (name.empty()) return 0;
  if (name.front() != '_') return std::nullopt;
  std::uint32_t number = 0;
  const char* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + 1, end, number);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

// Keras numbers automatic names from the second on; inputs from the first.
std::string automatic_name(LayerType type, const std::vector<Layer>& layers) {
  const std::string stem = type_name(type).automatic;
  if (type == LayerType::kInput) return stem + "_1";
  std::vector<bool> taken(layers.size() + 1);  // one number below this size is free
  for (const Layer& layer : layers) {
    const auto number = automatic_number(layer.name, stem);
    if (number && *number < taken.size()) taken[*number] = true;
  }
  const auto number = std::find(taken.begin(), taken.end(), false) - taken.begin();
  return number == 0 ? stem : fmt::format("{}_{}", stem, number);
}

void complete_inbounds(Layer& layer, const std::vector<Layer>& layers) {
  const std::size_t index = layers.size();
  if (layer.type() == LayerType::kInput) {
    if (index != 0)
      fail(ErrorKind::kInvalid, "an Input must be the first layer, not layer {}", index);
    if (!layer.inbounds.empty()) fail(ErrorKind::kInvalid, "an Input has no inbound layers");
    return;
  }
  if (index == 0)
    fail(ErrorKind::kInvalid, "the first layer is {}, not Input", name_of(layer.type()));
  if (layer.inbounds.empty()) layer.inbounds = {static_cast<std::uint32_t>(index - 1)};
  for (std::uint32_t inbound : layer.inbounds) {
    if (inbound >= index) {
      fail(ErrorKind::kInvalid, "inbound layer {} is not before layer {}", inbound, index);
    }
  }
  if (layer.inbounds.size() > 1 && layer.type() != LayerType::kConcatenate) {
    fail(ErrorKind::kInvalid, "{} has {} inbound layers; only Concatenate takes several",
         name_of(layer.type()), layer.inbounds.size());
  }
}

Variable make_variable(const VariableSpec& spec) {
  akida::Dense tensor(DType::kF32, spec.dims);
  std::ranges::fill(tensor.data<float>(), spec.initial);
  return {spec.name, std::move(tensor), spec.trainable};
}

void check_variables(const Layer& layer, const std::vector<VariableSpec>& specs) {
  if (layer.variables.size() != specs.size()) {
    fail(ErrorKind::kInvalid, "{} variables, not {}", layer.variables.size(), specs.size());
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Variable& variable = layer.variables[i];
    if (variable.name != specs[i].name || variable.value.type() != DType::kF32 ||
        variable.value.dims() != specs[i].dims) {
      fail(ErrorKind::kInvalid, "variable '{}' is {} {}, not '{}' f32 ({})", variable.name,
           akida::name_of(variable.value.type()), variable.value.shape_string(), specs[i].name,
           fmt::join(specs[i].dims, ", "));
    }
    const auto values = variable.value.data<float>();
    const auto bad = std::find_if(values.begin(), values.end(),
                                  [](float value) { return !std::isfinite(value); });
    if (bad != values.end()) {
      fail(ErrorKind::kInvalid, "{}: element {}: value {} is not finite", variable.name,
           bad - values.begin(), *bad);
    }
    in_context(variable.name, [&] { require_positive(specs[i], values); });
  }
}

void complete(Layer& layer, const std::vector<Layer>& layers) {
  if (layer.name.empty()) layer.name = automatic_name(layer.type(), layers);
  in_context(fmt::format("layer '{}'", layer.name), [&] {
    check_layer_name(layer.name, layers);
    complete_inbounds(layer, layers);
    validate_arguments(layer);
    std::vector<Dims> inputs;
    for (std::uint32_t index : layer.inbounds) inputs.push_back(layers[index].output_shape);
    layer.output_shape = infer_output(layer, inputs);
    layer.input_shape = inputs.empty() ? layer.output_shape : inputs.front();
    const std::vector<VariableSpec> specs = variable_specs(layer);
    if (layer.variables.empty()) {
      std::transform(specs.begin(), specs.end(), std::back_inserter(layer.variables),
                     make_variable);
    } else {
      check_variables(layer, specs);
      for (std::size_t i = 0; i < specs.size(); ++i) {
        layer.variables[i].trainable = specs[i].trainable;
      }
    }
  });
}

}  // namespace

const char* name_of(LayerType type) { return type_name(type).name; }

const char* name_of(QuantizerKind kind) {
  constexpr const char* kNames[] = {"max",           "max_per_axis", "std", "std_per_axis",
                                    "trainable_std", "fixed",        "lsq"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool is_neural(const Layer& layer) {
  switch (layer.type()) {
    case LayerType::kConv2D:
    case LayerType::kSeparableConv2D:
    case LayerType::kDepthwiseConv2D:
    case LayerType::kDense:
      return true;
    default:
      return false;
  }
}

std::int64_t parameter_count(const Layer& layer) {
  std::int64_t count = 0;
  for (const Variable& variable : layer.variables) count += variable.value.size();
  return count;
}

std::int64_t trainable_count(const Layer& layer) {
  std::int64_t count = 0;
  for (const Variable& variable : layer.variables) {
    if (variable.trainable) count += variable.value.size();
  }
  return count;
}

std::string to_string(const Dims& dims) {
  return dims.size() == 1 ? fmt::format("({},)", dims[0])
                          : fmt::format("({})", fmt::join(dims, ", "));
}

std::size_t Network::add(Layer layer) {
  if (std::ssize(layers_) >= kMaxLayers) {
    fail(ErrorKind::kInvalid, "layer count exceeds limit {}", kMaxLayers);
  }
  complete(layer, layers_);
  layers_.push_back(std::move(layer));
  return layers_.size() - 1;
}

void Network::set_parameters(std::size_t index, Parameters parameters) {
  Layer changed = layers_.at(index);
  const LayerType type = changed.type();
  changed.parameters = std::move(parameters);
  in_context(fmt::format("layer '{}'", changed.name), [&] {
    if (changed.type() != type) {
      fail(ErrorKind::kInvalid, "cannot turn {} into {}", name_of(type), name_of(changed.type()));
    }
    validate_arguments(changed);
    std::vector<Dims> inputs;
    for (std::uint32_t inbound : changed.inbounds) inputs.push_back(layers_[inbound].output_shape);
    if (infer_output(changed, inputs) != changed.output_shape) {
      fail(ErrorKind::kInvalid, "the new arguments change the output shape");
    }
    check_variables(changed, variable_specs(changed));
  });
  layers_[index] = std::move(changed);
}

void Network::pop_layer() {
  if (layers_.empty()) fail(ErrorKind::kInvalid, "the network has no layers");
  layers_.pop_back();
}

std::size_t Network::find(std::string_view name) const {
  return find_layer(layers_, name, "network");
}

const Dims& Network::input_shape() const {
  if (layers_.empty()) fail(ErrorKind::kInvalid, "the network has no layers");
  return layers_.front().output_shape;
}

const Dims& Network::output_shape() const {
  if (layers_.empty()) fail(ErrorKind::kInvalid, "the network has no layers");
  return layers_.back().output_shape;
}

}  // namespace akida::cnn
