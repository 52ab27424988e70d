#include "nn/shard_buffers.h"

namespace akida::nn {

ShardBuffers::ShardBuffers(std::span<const BufferLife> lives, const std::vector<bool>& kept,
                           const BatchCut& cut, std::size_t workers)
    : kept_(lives.size()) {
  std::vector<BufferLife> passing(lives.begin(), lives.end());
  for (std::size_t value = 0; value < lives.size(); ++value) {
    sizes_.push_back(lives[value].size);
    if (!kept[value]) continue;
    kept_[value].resize(cut.batch * lives[value].size);
    passing[value].size = 0;
  }
  const BufferPlan plan = plan_buffers(passing);
  slot_ = plan.slot;
  by_worker_.resize(workers);
  for (std::vector<Memory>& slots : by_worker_) {
    for (const std::size_t size : plan.sizes) slots.emplace_back(cut.shard_samples * size);
  }
}

float* ShardBuffers::at(std::size_t value, const Shard& shard, std::size_t worker) {
  if (slot_[value] == kNoSlot) return kept_[value].data() + shard.first * sizes_[value];
  return by_worker_[worker][slot_[value]].data();
}

}  // namespace akida::nn
