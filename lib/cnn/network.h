// A convolutional network as a value: layers in execution order, checked and with shapes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/model_info.h"
#include "cnn/network_layer.h"

namespace akida::cnn {

// Limits that every reader and builder enforces.
inline constexpr std::int32_t kMaxLayers = 4096;
inline constexpr std::int32_t kMaxDimension = 1 << 24;  // of one axis (a flattened map is one axis)
inline constexpr std::int32_t kMaxKernel = 256;         // kernel, stride and pool sizes
inline constexpr std::int64_t kMaxElements = 1LL << 31;  // of one activation map
inline constexpr std::int64_t kMaxWeights = 1LL << 28;   // elements of one variable

class Network {
 public:
  ModelInfo info;

  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  [[nodiscard]] bool empty() const { return layers_.empty(); }
  [[nodiscard]] const Layer& layer(std::size_t index) const { return layers_.at(index); }

  // Appends `layer`. Completes it: an empty name becomes Keras' automatic one ("conv2d",
  // "conv2d_1", ...; Input: "input_1"), empty inbounds of a layer that is no Input the previous
  // layer, empty variables zeros (gamma and moving_variance 1); shapes are derived.
  // Throws kInvalid naming layer, argument, value and range: arguments, names (unique, without
  // '.', ':', '='), inbound layers and their shapes, variables (names, type, shape, finite).
  // Returns the layer's index.
  std::size_t add(Layer layer);

  // Replaces a layer's arguments by others of the same type that keep its shapes and variables;
  // throws kInvalid otherwise.
  void set_parameters(std::size_t index, Parameters parameters);

  // Removes the last layer; throws kInvalid when there is none.
  void pop_layer();

  // Index of the layer called `name`, or at index `name` when it is digits only.
  // Throws kUsage naming the known layers.
  [[nodiscard]] std::size_t find(std::string_view name) const;

  // For changes that keep names and shapes: training writes here.
  [[nodiscard]] std::vector<Variable>& variables(std::size_t index) {
    return layers_.at(index).variables;
  }

  [[nodiscard]] const Dims& input_shape() const;  // throws kInvalid when empty
  [[nodiscard]] const Dims& output_shape() const;

  // Compares the layers; info, the network's past, is left out.
  bool operator==(const Network& other) const { return layers_ == other.layers_; }

 private:
  std::vector<Layer> layers_;
};

// What one variable of a layer must be.
struct VariableSpec {
  const char* name = nullptr;
  std::vector<std::int64_t> dims;
  float initial = 0.0F;  // every element of a variable that was not given
  bool trainable = true;
  bool positive = false;  // every element is above 0, and training keeps it there
};

// The variables of a layer whose input_shape is known: in Keras' order, then those of quantizers,
// depthwise before pointwise. Throws kInvalid naming a
// variable above kMaxWeights.
[[nodiscard]] std::vector<VariableSpec> variable_specs(const Layer& layer);

// Throws kInvalid naming the first of `values` that is not above 0 where the variable needs that.
void require_positive(const VariableSpec& spec, std::span<const float> values);

// "(3, 3, 32)"
[[nodiscard]] std::string to_string(const Dims& dims);

}  // namespace akida::cnn
