#include "nn/sharded_sum.h"

namespace akida::nn {

ShardedSum::ShardedSum(WeightedSumKind kind, WindowGeometry geometry, bool has_bias, bool gradients,
                       bool input_gradient)
    : kind_(kind),
      geometry_(std::move(geometry)),
      has_bias_(has_bias),
      gradients_(gradients),
      input_gradient_(input_gradient) {}

void ShardedSum::start(const Pass& pass, const float* kernel, Scratch& scratch) {
  loaded_.clear();
  for (const Shard& shard : pass.shards) {
    if (loaded_.contains(shard.samples)) continue;
    WeightedSum& sum = made(shard.samples);
    sum.load(kernel, scratch);
    loaded_[shard.samples] = &sum;
  }
}

WeightedSum& ShardedSum::made(std::size_t samples) {
  const auto found = sums_.find(samples);
  if (found != sums_.end()) return found->second;
  WindowGeometry geometry = geometry_;
  geometry.samples *= static_cast<std::int64_t>(samples);
  WeightedSum sum(kind_, geometry, has_bias_, gradients_, input_gradient_);
  return sums_.emplace(samples, std::move(sum)).first->second;
}

}  // namespace akida::nn
