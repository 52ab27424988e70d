#include <cassert>

#include "base/cpu.h"
#include "kernels/event_stream.h"

namespace akida::kernels {

void event_stream_ref(const EventRows& rows, std::int32_t group, const EventStream& stream) {
  assert(rows.columns >= 1 && rows.rows >= 1 && rows.channels >= 1);
  assert(group == 1 || group == 2 || group == 4);
  const std::uint32_t step = static_cast<std::uint32_t>(rows.kernel_width) * kEventNeurons;
  std::uint32_t n = 0;
  for (std::int32_t x = 0; x < rows.columns; ++x) {
    stream.starts[x] = n;
    const std::uint32_t column_offset = static_cast<std::uint32_t>(x) * kEventNeurons;
    std::uint32_t offset = column_offset;
    for (std::int32_t row = 0; row < rows.rows; ++row) {
      const std::uint8_t* cell = rows.input + static_cast<std::size_t>(row) * rows.row_stride +
                                 static_cast<std::ptrdiff_t>(x) * rows.channels;
      for (std::int32_t c = 0; c < rows.channels; ++c, offset += step) {
        if (cell[c] == 0) continue;
        stream.values[n] = cell[c];
        stream.offsets[n++] = offset;
      }
    }
    for (; n % static_cast<std::uint32_t>(group) != 0; ++n) {
      stream.values[n] = 0;
      stream.offsets[n] = column_offset;
    }
  }
  stream.starts[rows.columns] = n;
  if (group != 2) return;
  for (std::uint32_t e = 0; e < n; e += 2) {
    const std::uint32_t pair = stream.values[e] | std::uint32_t{stream.values[e + 1]} << 8;
    stream.pairs[e / 2] = pair | pair << 16;
  }
}

EventStreamFn* event_stream() {
  EventStreamFn* best = nullptr;
#define AKIDA_KERNEL(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/event_stream.inc"
#undef AKIDA_KERNEL
  return best;
}

}  // namespace akida::kernels
