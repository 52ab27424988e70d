// The activity regularizer of an activation: a penalty on its outputs, which are never negative.
#pragma once

#include <vector>

#include "nn/layer_operation.h"

namespace akida::nn {

class ActivityPenalty {
 public:
  ActivityPenalty(const cnn::Regularizer& regularizer, std::size_t size,
                  const OperationSetup& setup);

  void start(const Pass& pass);

  // Takes note of l1 * sum y + l2 * sum y^2 in a pass of training.
  void collect(const Shard& shard, const float* outputs);

  // `output_gradient` plus the gradient of the penalty's mean over the batch, in `scratch`; itself
  // where there is no penalty.
  [[nodiscard]] const float* add_gradient(const Shard& shard, const float* outputs,
                                          const float* output_gradient, Scratch& scratch) const;

  [[nodiscard]] double of(std::size_t shard) const { return penalties_[shard]; }

 private:
  bool used_;
  float l1_, l2_;
  std::size_t size_;               // of one sample
  std::vector<double> penalties_;  // by shard
  float samples_ = 1;              // of the pass
  bool collects_ = false;
};

}  // namespace akida::nn
