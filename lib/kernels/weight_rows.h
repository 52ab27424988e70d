// Plain weights, as what packs them for a kernel takes them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace akida::kernels {

// One row per input of a window, in the order of the input; a row has the weight of every neuron.
// Models store weights that way, in another order of rows: nothing is copied to get here.
using WeightRows = std::span<const std::int8_t* const>;

// 64 neurons' weights of a row that has `neurons`, from `first` on; 0 for neurons that are absent.
using WeightBlock = std::array<std::int8_t, 64>;
[[nodiscard]] inline WeightBlock weight_block(const std::int8_t* row, std::size_t first,
                                              std::size_t neurons) {
  WeightBlock block{};
  if (neurons - first >= block.size()) {
    std::copy_n(row + first, block.size(), block.begin());  // of a size that the compiler knows
  } else {
    std::copy(row + first, row + neurons, block.begin());
  }
  return block;
}

}  // namespace akida::kernels
