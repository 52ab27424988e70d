#include <cassert>

#include "base/cpu.h"
#include "kernels/levels.h"

namespace akida::kernels {

std::size_t levels_ref(const LevelsTable& table, const std::int32_t* potentials,
                       std::ptrdiff_t potential_stride, std::int32_t pixels, std::uint8_t* levels,
                       std::ptrdiff_t level_stride) {
  assert(pixels > 0 && potential_stride >= table.neurons && level_stride >= table.neurons);
  std::size_t nonzero = 0;
  for (std::int32_t pixel = 0; pixel < pixels; ++pixel) {
    for (std::int32_t neuron = 0; neuron < table.neurons; ++neuron) {
      const std::int32_t group = neuron / kLevelsGroup;
      const std::int32_t* boundary =
          table.boundaries + group * table.max_level * kLevelsGroup + neuron % kLevelsGroup;
      const std::int32_t potential = potentials[pixel * potential_stride + neuron];
      std::int32_t level = 0;
      while (level < table.max_level && potential > boundary[level * kLevelsGroup]) ++level;
      levels[pixel * level_stride + neuron] = static_cast<std::uint8_t>(level);
      nonzero += level != 0;
    }
  }
  return nonzero;
}

LevelsFn* levels_kernel() {
  LevelsFn* best = nullptr;
#define AKIDA_KERNEL(fn, need, tile) \
  if (cpu_has(need)) best = fn;
#include "kernels/levels.inc"
#undef AKIDA_KERNEL
  return best;
}

}  // namespace akida::kernels
