#include "engine/readout.h"

#include <vector>

#include "base/error.h"

namespace akida::engine {
namespace {

// Index of the first largest value over all locations, as a neuron; `count` is divisible by
// neurons.
template <typename Value>
std::int32_t first_highest_neuron(const Value* values, std::size_t count, std::size_t neurons,
                                  Value& highest) {
  std::size_t best = 0;
  highest = values[0];
  for (std::size_t i = 1; i < count; ++i) {
    const bool higher = values[i] > highest;
    const bool earlier = values[i] == highest && i % neurons < best;
    if (!higher && !earlier) continue;
    highest = values[i];
    best = i % neurons;
  }
  return static_cast<std::int32_t>(best);
}

}  // namespace

void require_potentials(const snn::Layer& last) {
  if (!snn::outputs_potentials(last)) {
    fail(ErrorKind::kUsage, "evaluate needs activations off in the last layer '{}'", last.name);
  }
}

std::int32_t neurons_per_class(const snn::Layer& last, std::int32_t num_classes) {
  const std::int32_t neurons = snn::num_neurons(last);
  if (num_classes == 0) return 1;
  if (num_classes < 1 || neurons % num_classes != 0) {
    fail(ErrorKind::kUsage, "{} classes do not divide the {} neurons of layer '{}'", num_classes,
         neurons, last.name);
  }
  return neurons / num_classes;
}

Dense evaluate_potentials(const snn::Layer& last, const Dense& potentials) {
  require_potentials(last);
  Dense result(DType::kF32, potentials.dims());
  const auto from = potentials.data<std::int32_t>();
  const auto to = result.data<float>();
  const std::vector<double>& shift = last.variables.shift;
  const std::vector<double>& scale = last.variables.scale;
  std::size_t neuron = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = static_cast<float>((static_cast<double>(from[i]) - shift[neuron]) * scale[neuron]);
    if (++neuron == shift.size()) neuron = 0;
  }
  return result;
}

Dense predict_classes(const snn::Layer& last, const Dense& output, std::int32_t num_classes) {
  const std::int32_t group = neurons_per_class(last, num_classes);
  const auto stride = static_cast<std::size_t>(last.output_shape.size());
  const auto neuron_count = static_cast<std::size_t>(snn::num_neurons(last));
  Dense result(DType::kI32, {output.dims().at(0)});
  const auto classes = result.data<std::int32_t>();
  if (snn::outputs_potentials(last)) {
    const Dense real = evaluate_potentials(last, output);
    for (std::size_t i = 0; i < classes.size(); ++i) {
      float highest = 0;
      classes[i] = first_highest_neuron(real.data<float>().data() + i * stride, stride,
                                        neuron_count, highest) /
                   group;
    }
    return result;
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::uint8_t highest = 0;
    const std::int32_t neuron = first_highest_neuron(
        output.data<std::uint8_t>().data() + i * stride, stride, neuron_count, highest);
    classes[i] = highest == 0 ? -1 : neuron / group;
  }
  return result;
}

}  // namespace akida::engine
