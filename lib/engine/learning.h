// Edge learning, the model's side: prepare the last layer, add classes, look at the result.
//
// The rule itself is in engine/learner.h, learning from whole batches in engine/trainer.h.
// DESIGN section 6, "Edge learning"; measured in spec/edge_learning.md.
#pragma once

#include <cstdint>
#include <vector>

#include "snn/model.h"

namespace akida::engine {

// Parameters of `compile`, with the documented names and defaults ("Akida Execution Engine API"
// 1.8, Model.compile).
struct CompileOptions {
  std::int32_t num_weights = 1;       // ones per neuron, constant: 1..connections of a neuron
  std::int32_t num_classes = 1;       // equal groups of neurons; must divide the neurons
  double initial_plasticity = 1.0;    // 0..1; share of the unused ones that one step moves
  double learning_competition = 0.0;  // 0..1; keep it below 0.5
  double min_plasticity = 0.1;        // 0..1; plasticity never falls below it
  double plasticity_decay = 0.25;     // 0..1; falls by this times initial_plasticity per step
  snn::LearningRule rule = snn::LearningRule::kRelative;
  std::uint64_t seed = 0;  // of the initial weights and of every later choice
};

// Makes the last layer ready to learn: num_weights random ones per neuron, nothing learned yet.
// What an earlier compile or learning left there is lost. Warns when num_weights is above half of
// a neuron's connections. Throws kInvalid naming layer, parameter, value and range; also when the
// last layer is not FullyConnected or Convolutional with 1-bit weights and 1-bit inputs and
// without pooling. The model is then unchanged.
void compile(snn::Model& model, const CompileOptions& options);

// Appends the neurons of `num_classes` further classes (as many per class as before) to the
// compiled last layer; the others keep all they learned. The new neurons equal those that compile
// would have made in a layer of the new size, their thresholds, steps, shifts and scales come from
// the layer's parameters. Throws kInvalid when the last layer is not compiled or grows too large.
void add_classes(snn::Model& model, std::int32_t num_classes);

// Neurons whose learning percentage floor(100 * threshold_learning / num_weights) is `percentage`.
struct HistogramBin {
  std::int32_t percentage = 0;  // 0..100; 0 also holds the neurons that never learned
  std::int64_t neurons = 0;     // >= 1

  bool operator==(const HistogramBin&) const = default;
};

// The percentages that occur, in rising order. Throws kInvalid when `layer` is not compiled.
[[nodiscard]] std::vector<HistogramBin> learning_histogram(const snn::Layer& layer);

}  // namespace akida::engine
