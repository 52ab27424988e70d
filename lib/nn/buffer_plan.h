// Shares memory between buffers that are not needed at the same time.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace akida::nn {

// A buffer is needed from step `first` to step `last`, both included; size in any unit, 0: never.
struct BufferLife {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t size = 0;
};

inline constexpr std::size_t kNoSlot = std::numeric_limits<std::size_t>::max();

struct BufferPlan {
  std::vector<std::size_t> slot;   // of each buffer; kNoSlot where it is never needed
  std::vector<std::size_t> sizes;  // of each slot
};

// Gives every buffer a slot that no other one has while it is needed; of the free slots the one
// whose size is nearest.
[[nodiscard]] BufferPlan plan_buffers(std::span<const BufferLife> lives);

}  // namespace akida::nn
