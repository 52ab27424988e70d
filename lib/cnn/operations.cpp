#include "cnn/operations.h"

#include <algorithm>

#include "cnn/shapes.h"

namespace akida::cnn {
namespace {

bool has_bias(const Layer& layer) {
  return std::any_of(layer.variables.begin(), layer.variables.end(),
                     [](const Variable& variable) { return variable.name == "bias"; });
}

bool is_pooling(const Layer& layer) {
  switch (layer.type()) {
    case LayerType::kMaxPooling2D:
    case LayerType::kAveragePooling2D:
    case LayerType::kGlobalAveragePooling2D:
    case LayerType::kGlobalMaxPooling2D:
      return true;
    default:
      return false;
  }
}

// The neural layer that a batch normalization belongs to, or nullptr.
const Layer* normalized_layer(const Network& network, const Layer& normalization) {
  const Layer* source = &network.layer(normalization.inbounds[0]);
  while (is_pooling(*source)) source = &network.layer(source->inbounds[0]);
  return is_neural(*source) ? source : nullptr;
}

}  // namespace

ParameterCounts count_parameters(const Network& network) {
  ParameterCounts counts;
  for (const Layer& layer : network.layers()) {
    counts.total += parameter_count(layer);
    counts.trainable += trainable_count(layer);
    const Layer* target =
        layer.type() == LayerType::kBatchNormalization ? normalized_layer(network, layer) : nullptr;
    if (target == nullptr) {
      counts.folded += parameter_count(layer);
    } else if (!has_bias(*target)) {
      counts.folded += target->output_shape.back();
    }
  }
  return counts;
}

std::int64_t multiply_accumulates(const Layer& layer) {
  if (!is_neural(layer)) return 0;
  const std::int64_t positions = element_count(layer.output_shape) / layer.output_shape.back();
  std::int64_t weights = 0;
  for (const Variable& variable : layer.variables) {
    if (variable.name.ends_with("kernel")) weights += variable.value.size();
  }
  return positions * weights;
}

}  // namespace akida::cnn
