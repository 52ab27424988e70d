// From the last layer's output to real values and classes.
#pragma once

#include <cstdint>

#include "snn/layer.h"
#include "tensor/dense.h"

namespace akida::engine {

// (potential - shift) * scale of every neuron in double, rounded once to f32; same shape.
// `potentials` is i32 [samples, height, width, neurons], the output of `last`. Throws kUsage
// where `last` has activations.
[[nodiscard]] Dense evaluate_potentials(const snn::Layer& last, const Dense& potentials);

// Throws kUsage where `last` has activations: there is nothing to evaluate.
void require_potentials(const snn::Layer& last);

// i32 [samples]: the class of the highest value over all locations, by level where activations
// are on and by evaluate_potentials' value where they are off; class = neuron / (neurons /
// num_classes); the lowest neuron wins ties, and -1 stands where activations are on and no neuron
// spiked. num_classes 0 means one class per neuron. Throws kUsage where num_classes does not
// divide the number of neurons.
[[nodiscard]] Dense predict_classes(const snn::Layer& last, const Dense& output,
                                    std::int32_t num_classes = 0);

// Neurons of one class; num_classes 0 means one class per neuron. Throws as predict_classes.
std::int32_t neurons_per_class(const snn::Layer& last, std::int32_t num_classes);

}  // namespace akida::engine
