// The class that the outputs of a last layer stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace akida::metrics {

// Neurons of one class: neurons / num_classes; num_classes 0 means one class per neuron. Throws
// kUsage, naming the layer, where num_classes does not divide the neurons.
[[nodiscard]] std::int32_t neurons_per_class(std::int32_t neurons, std::int32_t num_classes,
                                             std::string_view layer);

template <typename Value>
struct HighestNeuron {
  std::size_t neuron;
  Value value;
};

// The neuron with the highest value over all locations of a map, the lowest one on ties. `values`
// is [locations][neurons], not empty.
template <typename Value>
[[nodiscard]] HighestNeuron<Value> highest_neuron(std::span<const Value> values,
                                                  std::size_t neurons) {
  HighestNeuron<Value> best{0, values[0]};
  for (std::size_t i = 1; i < values.size(); ++i) {
    const bool higher = values[i] > best.value;
    const bool earlier = values[i] == best.value && i % neurons < best.neuron;
    if (higher || earlier) best = {i % neurons, values[i]};
  }
  return best;
}

}  // namespace akida::metrics
