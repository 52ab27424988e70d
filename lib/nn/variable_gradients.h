// Gradients of variables: every shard has its own, which are then summed in the order of shards.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "cnn/network.h"
#include "kernels/aligned.h"

namespace akida::nn {

class VariableGradients {
 public:
  VariableGradients() = default;

  // For the trainable variables of the layers that `trained` marks.
  VariableGradients(const cnn::Network& network, const std::vector<bool>& trained,
                    std::size_t shards);

  // Where a shard writes the gradients of a layer, one pointer per variable (null: none).
  [[nodiscard]] std::span<float* const> of_shard(std::size_t layer, std::size_t shard) const;

  // Sums those of the first `shards` shards, in double.
  void sum(std::size_t shards, int jobs);

  // The sums of all variables of a layer, to be changed; empty where a variable has no gradient.
  [[nodiscard]] std::vector<std::span<float>> totals(std::size_t layer);

  // The sum of one variable, empty where it has no gradient.
  [[nodiscard]] std::span<const float> total(std::size_t layer, std::size_t variable) const;

 private:
  using Memory = kernels::AlignedVector<float>;

  struct Gradient {
    std::vector<Memory> parts;  // by shard
    Memory total;
  };

  std::vector<Gradient> gradients_;
  std::vector<std::vector<std::size_t>> index_;  // [layer][variable], into gradients_; or none
  std::vector<std::vector<std::vector<float*>>> pointers_;  // [layer][shard][variable]
};

}  // namespace akida::nn
