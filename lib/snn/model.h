// The integer spiking network as a value: layers in execution order, checked and with shapes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/model_info.h"
#include "snn/layer.h"

namespace akida::snn {

// Limits that every reader and builder enforces.
inline constexpr std::int32_t kMaxLayers = 4096;
inline constexpr std::int32_t kMaxDimension = 65536;    // width, height, channels, neurons
inline constexpr std::int32_t kMaxKernel = 256;         // kernel, stride, pooling
inline constexpr std::int64_t kMaxWeights = 1LL << 28;  // elements of one weights variable

class Model {
 public:
  ModelInfo info;

  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  [[nodiscard]] bool empty() const { return layers_.empty(); }

  // Appends `layer`. Completes it: an empty name becomes "<type_snake>_<index>", empty inbounds
  // (of a layer that is no input) the previous layer, empty variables their defaults (weights 0,
  // thresholds and steps from the parameters, shift 0, scale 1; windowed or global Average
  // pooling with activations off: scale 1 / window area); shapes and input_max are derived.
  // Where the first layer is no input layer, throws kInvalid.
  // Throws kInvalid naming the layer, the parameter, its value and the allowed range:
  // parameters, names (unique, not only digits, no '.', ':', '='), inbound layers and their
  // shapes, potentials feeding anything but Concat, variables (type, shape, range), learning state.
  void add(Layer layer);

  // Removes the last layer; throws kInvalid when there is none.
  void pop_layer();

  // Index of the layer called `name`, or at index `name` when it is digits only.
  // Throws kUsage naming the known layers.
  [[nodiscard]] std::size_t find(std::string_view name) const;

  [[nodiscard]] const Layer& layer(std::size_t index) const { return layers_.at(index); }

  // For changes that keep parameters and shapes: learning and training write here.
  [[nodiscard]] Variables& variables(std::size_t index) { return layers_.at(index).variables; }
  // Of the last layer; there must be one.
  [[nodiscard]] std::optional<Learning>& learning() { return layers_.back().learning; }
  void set_padding_value(std::int32_t value);  // of the InputConvolutional, 0..255

  // Replaces layer `index`, checked as by add, together with everything after it.
  void replace(std::size_t index, Layer layer);

  [[nodiscard]] Shape input_shape() const;  // throws kInvalid when empty
  [[nodiscard]] Shape output_shape() const;

  // Compares the layers; info, the model's past, is left out.
  bool operator==(const Model& other) const { return layers_ == other.layers_; }

 private:
  std::vector<Layer> layers_;
};

// Checks the values of `layer.variables` and `layer.learning` against its parameters and derived
// shapes: type, shape, weight range, finite positive steps, plasticity in 0..1, num_weights ones
// per neuron where learning is compiled. Throws kInvalid as Model::add does.
void validate_variables(const Layer& layer);

}  // namespace akida::snn
