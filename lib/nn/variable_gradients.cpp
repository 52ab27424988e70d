#include "nn/variable_gradients.h"

#include <algorithm>

#include "base/parallel.h"

namespace akida::nn {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kBlock = 4096;  // elements that one thread sums at a time

}  // namespace

VariableGradients::VariableGradients(const cnn::Network& network, const std::vector<bool>& trained,
                                     std::size_t shards)
    : index_(network.layers().size()), pointers_(network.layers().size()) {
  for (std::size_t layer = 0; layer < index_.size(); ++layer) {
    const auto& variables = network.layer(layer).variables;
    index_[layer].assign(variables.size(), kNone);
    pointers_[layer].assign(shards, std::vector<float*>(variables.size(), nullptr));
    if (!trained[layer]) continue;
    for (std::size_t v = 0; v < variables.size(); ++v) {
      if (!variables[v].trainable) continue;
      const auto size = static_cast<std::size_t>(variables[v].value.size());
      index_[layer][v] = gradients_.size();
      Gradient& gradient = gradients_.emplace_back(
          Gradient{std::vector<Memory>(shards, Memory(size)), Memory(size)});
      for (std::size_t shard = 0; shard < shards; ++shard) {
        pointers_[layer][shard][v] = gradient.parts[shard].data();
      }
    }
  }
}

std::span<float* const> VariableGradients::of_shard(std::size_t layer, std::size_t shard) const {
  return pointers_[layer][shard];
}

void VariableGradients::sum(std::size_t shards, int jobs) {
  std::vector<std::pair<Gradient*, std::size_t>> blocks;  // and the first element
  for (Gradient& gradient : gradients_) {
    for (std::size_t i = 0; i < gradient.total.size(); i += kBlock)
      blocks.push_back({&gradient, i});
  }
  parallel_for(blocks.size(), jobs, [&](std::size_t block, int) {
    const auto& [gradient, first] = blocks[block];
    const std::size_t end = std::min(first + kBlock, gradient->total.size());
    for (std::size_t i = first; i < end; ++i) {
      double sum = 0;
      for (std::size_t shard = 0; shard < shards; ++shard) {
        sum += double{gradient->parts[shard][i]};
      }
      gradient->total[i] = static_cast<float>(sum);
    }
  });
}

std::vector<std::span<float>> VariableGradients::totals(std::size_t layer) {
  std::vector<std::span<float>> totals;
  for (const std::size_t index : index_[layer]) {
    totals.push_back(index == kNone ? std::span<float>()
                                    : std::span<float>(gradients_[index].total));
  }
  return totals;
}

std::span<const float> VariableGradients::total(std::size_t layer, std::size_t variable) const {
  const std::size_t index = index_.at(layer).at(variable);
  if (index == kNone) return {};
  return gradients_[index].total;
}

}  // namespace akida::nn
