// Memory for the values (or gradients) of a batch, shard by shard.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "nn/buffer_plan.h"
#include "nn/layer_operation.h"

namespace akida::nn {

class ShardBuffers {
 public:
  ShardBuffers() = default;

  // `lives`: one per value, its size that of one sample. Values that are `kept` have room for the
  // whole batch and stay; each worker has room for one shard of the others, shared by their lives.
  ShardBuffers(std::span<const BufferLife> lives, const std::vector<bool>& kept,
               const BatchCut& cut, std::size_t workers);

  [[nodiscard]] float* at(std::size_t value, const Shard& shard, std::size_t worker);

  // All samples of a kept value.
  [[nodiscard]] std::span<float> batch(std::size_t value) { return kept_[value]; }
  [[nodiscard]] std::span<const float> batch(std::size_t value) const { return kept_[value]; }

 private:
  using Memory = kernels::AlignedVector<float>;

  std::vector<std::size_t> sizes_;              // of one sample, by value
  std::vector<Memory> kept_;                    // by value
  std::vector<std::size_t> slot_;               // by value; kNoSlot: kept
  std::vector<std::vector<Memory>> by_worker_;  // [worker][slot]
};

}  // namespace akida::nn
