#include "zoo/transfer.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"

namespace akida::zoo {
namespace {

void require_same_variables(const cnn::Layer& layer, const cnn::Layer& source) {
  if (layer.variables.size() != source.variables.size()) {
    fail(ErrorKind::kInvalid, "layer '{}': {} variables do not fill {}", layer.name,
         source.variables.size(), layer.variables.size());
  }
  for (std::size_t i = 0; i < layer.variables.size(); ++i) {
    const cnn::Variable& to = layer.variables[i];
    const cnn::Variable& from = source.variables[i];
    if (from.name != to.name || from.value.dims() != to.value.dims()) {
      fail(ErrorKind::kInvalid, "layer '{}': variable '{}' {} does not fit '{}' {}", layer.name,
           from.name, from.value.shape_string(), to.name, to.value.shape_string());
    }
  }
}

}  // namespace

std::size_t take_weights(cnn::Network& network, const cnn::Network& source) {
  std::unordered_map<std::string, const cnn::Layer*> namesakes;
  for (const cnn::Layer& layer : source.layers()) namesakes[layer.name] = &layer;
  std::vector<std::pair<std::size_t, const cnn::Layer*>> pairs;
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const cnn::Layer& layer = network.layer(i);
    const auto found = namesakes.find(layer.name);
    if (found == namesakes.end() || layer.variables.empty()) continue;
    require_same_variables(layer, *found->second);
    pairs.emplace_back(i, found->second);
  }
  if (pairs.empty()) {
    fail(ErrorKind::kInvalid, "no layer has the name of a layer of '{}' that has variables",
         network.info.name);
  }
  for (const auto& [index, layer] : pairs) network.variables(index) = layer->variables;
  return pairs.size();
}

}  // namespace akida::zoo
