#include "nn/buffer_plan.h"

#include <algorithm>
#include <numeric>

namespace akida::nn {
namespace {

class Slots {
 public:
  std::size_t take(const BufferLife& life) {
    std::size_t best = kNoSlot;
    for (std::size_t slot = 0; slot < sizes_.size(); ++slot) {
      if (last_use_[slot] >= life.first) continue;
      if (best == kNoSlot || misfit(slot, life) < misfit(best, life)) best = slot;
    }
    if (best == kNoSlot) {
      best = sizes_.size();
      sizes_.push_back(0);
      last_use_.push_back(0);
    }
    sizes_[best] = std::max(sizes_[best], life.size);
    last_use_[best] = life.last;
    return best;
  }

  [[nodiscard]] std::vector<std::size_t> sizes() && { return std::move(sizes_); }

 private:
  [[nodiscard]] std::size_t misfit(std::size_t slot, const BufferLife& life) const {
    return std::max(sizes_[slot], life.size) - std::min(sizes_[slot], life.size);
  }

  std::vector<std::size_t> sizes_, last_use_;
};

}  // namespace

BufferPlan plan_buffers(std::span<const BufferLife> lives) {
  std::vector<std::size_t> order(lives.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return lives[i].first; });
  Slots slots;
  BufferPlan plan;
  plan.slot.assign(lives.size(), kNoSlot);
  for (const std::size_t i : order) {
    if (lives[i].size > 0) plan.slot[i] = slots.take(lives[i]);
  }
  plan.sizes = std::move(slots).sizes();
  return plan;
}

}  // namespace akida::nn
