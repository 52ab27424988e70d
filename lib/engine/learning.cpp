#include "engine/learning.h"

#include <map>
#include <numeric>
#include <span>

#include "base/checked.h"
#include "base/log.h"
#include "base/random.h"

namespace akida::engine {
namespace {

const snn::Layer& last_layer(const snn::Model& model) {
  if (model.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  return model.layers().back();
}

const snn::Learning& learning_of(const snn::Layer& layer) {
  if (!layer.learning) {
    fail(ErrorKind::kInvalid, "layer '{}' is not compiled for learning", layer.name);
  }
  return *layer.learning;
}

// Gives neurons [first, neurons) of zero weights [connections, neurons] their initial ones.
void initialize_ones(std::span<std::int8_t> weights, std::size_t first, std::size_t neurons,
                     std::size_t layer_index, const snn::Learning& learning) {
  const auto ones = static_cast<std::size_t>(learning.num_weights);
  std::vector<std::uint32_t> connections(weights.size() / neurons);
  for (std::size_t neuron = first; neuron < neurons; ++neuron) {
    std::iota(connections.begin(), connections.end(), 0U);
    Random random(learning.seed, static_cast<std::uint32_t>(layer_index),
                  static_cast<std::uint32_t>(neuron), 0);
    partial_shuffle(connections, ones, random);
    for (std::size_t i = 0; i < ones; ++i) weights[connections[i] * neurons + neuron] = 1;
  }
}

// State of neurons that have not learned yet, appended up to `neurons`.
void extend_state(snn::Learning& learning, std::size_t neurons) {
  learning.plasticity.resize(neurons, learning.initial_plasticity);
  learning.threshold_learning.resize(neurons, 0);
  learning.learning_events.resize(neurons, 0);
  learning.learning_count.resize(neurons, 0);
}

void set_num_neurons(snn::Layer& layer, std::int32_t neurons) {
  if (auto* dense = std::get_if<snn::FullyConnected>(&layer.parameters)) {
    dense->num_neurons = neurons;
  } else {
    std::get<snn::Convolutional>(layer.parameters).num_neurons = neurons;
  }
}

// The weights [.., neurons] with zero-filled columns appended.
Dense widen(const Dense& weights, std::size_t neurons) {
  std::vector<std::int64_t> dims = weights.dims();
  const auto old_neurons = static_cast<std::size_t>(dims.back());
  dims.back() = static_cast<std::int64_t>(neurons);
  Dense wide(DType::kI8, dims);
  const auto from = weights.data<std::int8_t>();
  const auto to = wide.data<std::int8_t>();
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i / old_neurons * neurons + i % old_neurons] = from[i];
  }
  return wide;
}

}  // namespace

void compile(snn::Model& model, const CompileOptions& options) {
  snn::Layer layer = last_layer(model);
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  const std::int64_t connections =
      layer.variables.weights.size() / static_cast<std::int64_t>(neurons);
  if (connections > 0 && (options.num_weights < 1 || options.num_weights > connections)) {
    fail(ErrorKind::kInvalid, "layer '{}': num_weights {} is outside 1..{}, a neuron's connections",
         layer.name, options.num_weights, connections);
  }
  layer.learning = {.rule = options.rule,
                    .seed = options.seed,
                    .num_weights = options.num_weights,
                    .num_classes = options.num_classes,
                    .initial_plasticity = options.initial_plasticity,
                    .learning_competition = options.learning_competition,
                    .min_plasticity = options.min_plasticity,
                    .plasticity_decay = options.plasticity_decay};
  extend_state(*layer.learning, neurons);
  const std::size_t index = model.layers().size() - 1;
  if (connections > 0) {
    layer.variables.weights = Dense(DType::kI8, layer.variables.weights.dims());
    initialize_ones(layer.variables.weights.data<std::int8_t>(), 0, neurons, index,
                    *layer.learning);
  }
  const std::string name = layer.name;
  model.replace(index, std::move(layer));
  if (std::int64_t{2} * options.num_weights > connections) {
    log_warning("layer '{}': num_weights {} is above half of a neuron's {} connections", name,
                options.num_weights, connections);
  }
}

void add_classes(snn::Model& model, std::int32_t num_classes) {
  snn::Layer layer = last_layer(model);
  const snn::Learning& learning = learning_of(layer);
  const std::int64_t old_neurons = snn::num_neurons(layer);
  const std::int64_t per_class = old_neurons / learning.num_classes;
  const std::int64_t room = (snn::kMaxDimension - old_neurons) / per_class;
  if (num_classes < 1 || num_classes > room) {
    fail(ErrorKind::kInvalid,
         "layer '{}': {} added classes of {} neurons are outside 1..{} (at most {} neurons)",
         layer.name, num_classes, per_class, room, snn::kMaxDimension);
  }
  const auto neurons = static_cast<std::size_t>(old_neurons + per_class * num_classes);
  const std::size_t index = model.layers().size() - 1;

  set_num_neurons(layer, static_cast<std::int32_t>(neurons));
  layer.learning->num_classes += num_classes;
  extend_state(*layer.learning, neurons);
  snn::Variables& variables = layer.variables;
  variables.weights = widen(variables.weights, neurons);
  initialize_ones(variables.weights.data<std::int8_t>(), static_cast<std::size_t>(old_neurons),
                  neurons, index, learning);
  const snn::Activation& activation = *snn::activation_of(layer);
  variables.threshold_fire.resize(neurons, activation.threshold_fire);
  variables.threshold_fire_step.resize(neurons, activation.threshold_fire_step);
  variables.shift.resize(neurons, 0.0);
  variables.scale.resize(neurons, 1.0);
  model.replace(index, std::move(layer));
}

std::vector<HistogramBin> learning_histogram(const snn::Layer& layer) {
  const snn::Learning& learning = learning_of(layer);
  std::map<std::int32_t, std::int64_t> counts;
  for (std::int64_t threshold : learning.threshold_learning) {
    ++counts[static_cast<std::int32_t>(100 * threshold / learning.num_weights)];
  }
  std::vector<HistogramBin> bins;
  bins.reserve(counts.size());
  for (const auto& [percentage, neurons] : counts) bins.push_back({percentage, neurons});
  return bins;
}

}  // namespace akida::engine
