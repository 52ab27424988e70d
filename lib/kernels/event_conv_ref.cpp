#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include "base/cpu.h"
#include "kernels/event_conv.h"

namespace akida::kernels {
namespace {

// The four bytes at `from`, each followed by a byte of 0.
std::uint64_t spread_bytes(const std::int8_t* from) {
  static_assert(std::endian::native == std::endian::little);
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, from, sizeof(bytes));
  const std::uint64_t halves =
      (std::uint64_t{bytes} | std::uint64_t{bytes} << 16) & 0x0000ffff0000ffff;
  return (halves | halves << 8) & 0x00ff00ff00ff00ff;
}

// Puts the weights of 64 neurons where event_row_byte() has them, eight bytes at a time: four
// neurons from 32 * half + i and the four 16 further on, interleaved.
void pack_row(const std::int8_t* from, std::int8_t* to) {
  for (std::int32_t i = 0; i < 16; i += 4) {
    for (std::int32_t half = 0; half < 2; ++half) {
      const std::int8_t* four = from + half * 32 + i;
      const std::uint64_t both = spread_bytes(four) | spread_bytes(four + 16) << 8;
      std::memcpy(to + event_row_byte(half * 32 + i), &both, sizeof(both));
    }
  }
}

}  // namespace

void event_conv_ref(const EventStream& stream, const EventWindows& windows,
                    const std::int8_t* weights, std::int32_t* potentials,
                    std::ptrdiff_t potential_stride) {
  assert(windows.pixels >= 1 && windows.kernel_width >= 1 && windows.stride_x >= 1);
  assert(potential_stride >= windows.blocks * kEventNeurons);
  for (std::int32_t p = 0; p < windows.pixels; ++p) {
    const std::int32_t first = p * windows.stride_x;
    const std::uint32_t base = static_cast<std::uint32_t>(first) * kEventNeurons;
    for (std::int32_t block = 0; block < windows.blocks; ++block) {
      const std::int8_t* block_weights =
          weights + static_cast<std::size_t>(block) * windows.block_bytes;
      std::array<std::uint32_t, kEventNeurons> sums{};
      for (std::uint32_t e = stream.starts[first]; e < stream.starts[first + windows.kernel_width];
           ++e) {
        const std::int8_t* row = block_weights + (stream.offsets[e] - base);
        for (std::size_t i = 0; i < sums.size(); ++i) {
          sums[i] += static_cast<std::uint32_t>(stream.values[e] * row[i]);
        }
      }
      std::int32_t* out = potentials + p * potential_stride + block * kEventNeurons;
      for (std::int32_t n = 0; n < kEventNeurons; ++n) {
        out[n] = static_cast<std::int32_t>(sums[static_cast<std::size_t>(event_row_byte(n))]);
      }
    }
  }
}

AlignedVector<std::int8_t> pack_event_weights(WeightRows weights, const ConvKernelShape& shape) {
  const auto rows = static_cast<std::size_t>(shape.rows);
  const auto columns = static_cast<std::size_t>(shape.columns);
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto neurons = static_cast<std::size_t>(shape.neurons);
  assert(weights.size() == rows * columns * channels);
  const std::size_t blocks = (neurons + kEventNeurons - 1) / kEventNeurons;
  const std::size_t block_size = weights.size() * kEventNeurons;
  AlignedVector<std::int8_t> packed(blocks * block_size);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t tap = i / channels, channel = i % channels;
    const std::size_t row = tap / columns, column = tap % columns;
    std::int8_t* to = &packed[((row * channels + channel) * columns + column) * kEventNeurons];
    for (std::size_t block = 0; block < blocks; ++block) {
      pack_row(weight_block(weights[i], block * kEventNeurons, neurons).data(),
               to + block * block_size);
    }
  }
  return packed;
}

EventConv event_conv(std::int32_t narrow_limit) {
  // Sums of event pairs in 16 bits need fewer operations than the dot product of 4 events, unless
  // they have to be widened all the time.
  constexpr std::int32_t kFewPairs = 16;
  const bool prefer_pairs = narrow_limit >= kFewPairs && cpu_has(kCpuAvx512);
  EventConv best;
#define AKIDA_KERNEL(fn, need, group) \
  if (cpu_has(need) && !(prefer_pairs && (group) > 2)) best = {fn, group};
#include "kernels/event_conv.inc"
#undef AKIDA_KERNEL
  return best;
}

}  // namespace akida::kernels
