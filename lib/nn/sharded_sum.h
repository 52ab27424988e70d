// One weighted sum for shards of any size.
#pragma once

#include <map>

#include "nn/layer_operation.h"
#include "nn/onednn.h"

namespace akida::nn {

class ShardedSum {
 public:
  // As a WeightedSum; `geometry` is of one sample.
  ShardedSum(WeightedSumKind kind, WindowGeometry geometry, bool has_bias, bool gradients,
             bool input_gradient);

  // Takes the kernel of a pass, which must stay where it is.
  void start(const Pass& pass, const float* kernel, Scratch& scratch);

  // For a shard of that pass.
  [[nodiscard]] const WeightedSum& of(const Shard& shard) const {
    return *loaded_.at(shard.samples);
  }

 private:
  [[nodiscard]] WeightedSum& made(std::size_t samples);

  WeightedSumKind kind_;
  WindowGeometry geometry_;
  bool has_bias_, gradients_, input_gradient_;
  std::map<std::size_t, WeightedSum> sums_;           // by samples
  std::map<std::size_t, const WeightedSum*> loaded_;  // of this pass
};

}  // namespace akida::nn
