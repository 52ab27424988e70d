#include "engine/readout.h"

#include <vector>

#include "base/error.h"
#include "metrics/neuron_class.h"

namespace akida::engine {
namespace {

std::int32_t class_of(std::size_t neuron, std::int32_t neurons_per_class) {
  return static_cast<std::int32_t>(neuron) / neurons_per_class;
}

}  // namespace

void require_potentials(const snn::Layer& last) {
  if (!snn::outputs_potentials(last)) {
    fail(ErrorKind::kUsage, "evaluate needs activations off in the last layer '{}'", last.name);
  }
}

std::int32_t neurons_per_class(const snn::Layer& last, std::int32_t num_classes) {
  return metrics::neurons_per_class(snn::num_neurons(last), num_classes, last.name);
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
      const auto values = real.data<float>().subspan(i * stride, stride);
      classes[i] = class_of(metrics::highest_neuron(values, neuron_count).neuron, group);
    }
    return result;
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto levels = output.data<std::uint8_t>().subspan(i * stride, stride);
    const auto highest = metrics::highest_neuron(levels, neuron_count);
    classes[i] = highest.value == 0 ? -1 : class_of(highest.neuron, group);
  }
  return result;
}

}  // namespace akida::engine
