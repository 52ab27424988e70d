#include <array>
#include <cassert>

#include "base/cpu.h"
#include "kernels/event_add.h"

namespace akida::kernels {

void event_add_ref(const EventStream& stream, const EventWindows& windows,
                   const std::int8_t* weights, std::int32_t* potentials,
                   std::ptrdiff_t potential_stride) {
  assert(windows.pixels >= 1 && windows.kernel_width >= 1 && windows.stride_x >= 1);
  assert(windows.narrow_limit >= 1 && potential_stride >= windows.blocks * kEventNeurons);
  for (std::int32_t p = 0; p < windows.pixels; ++p) {
    const std::int32_t first = p * windows.stride_x;
    const std::uint32_t base = static_cast<std::uint32_t>(first) * kEventNeurons;
    for (std::int32_t block = 0; block < windows.blocks; ++block) {
      const std::int8_t* block_weights =
          weights + static_cast<std::size_t>(block) * windows.block_bytes;
      std::array<std::int32_t, kEventNeurons> sums{};
      for (std::uint32_t e = stream.starts[first]; e < stream.starts[first + windows.kernel_width];
           ++e) {
        const std::int8_t* row = block_weights + (stream.offsets[e] - base);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += row[i];
      }
      std::int32_t* out = potentials + p * potential_stride + block * kEventNeurons;
      for (std::int32_t n = 0; n < kEventNeurons; ++n) {
        out[n] = sums[static_cast<std::size_t>(event_row_byte(n))];
      }
    }
  }
}

EventConvFn* event_add() {
  EventConvFn* best = nullptr;
#define AKIDA_KERNEL(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/event_add.inc"
#undef AKIDA_KERNEL
  return best;
}

}  // namespace akida::kernels
