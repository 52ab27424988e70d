#include <algorithm>
#include <array>
#include <cassert>

#include "base/cpu.h"
#include "kernels/event_conv.h"

namespace akida::kernels {
namespace {

// Weights of one tap, [neurons][channels], neurons `stride` bytes apart.
struct TapWeights {
  const std::int8_t* first;
  std::size_t stride;
};

// Packs one tap of up to 64 neurons, channels channel_bytes apart, a few channels at a time so that
// the target stays in the L1 cache.
void pack_tap(const TapWeights& weights, std::size_t neurons, std::size_t channels,
              std::size_t channel_bytes, std::int8_t* packed) {
  constexpr std::size_t kChannels = 128;
  for (std::size_t first = 0; first < channels; first += kChannels) {
    const std::size_t last = std::min(first + kChannels, channels);
    for (std::size_t n = 0; n < neurons; ++n) {
      const std::int8_t* from = weights.first + n * weights.stride;
      std::int8_t* to = packed + event_row_byte(static_cast<std::int32_t>(n));
      for (std::size_t c = first; c < last; ++c) to[c * channel_bytes] = from[c];
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

AlignedVector<std::int8_t> pack_event_weights(std::span<const std::int8_t> weights,
                                              const ConvKernelShape& shape) {
  const auto rows = static_cast<std::size_t>(shape.rows);
  const auto columns = static_cast<std::size_t>(shape.columns);
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto neurons = static_cast<std::size_t>(shape.neurons);
  assert(weights.size() == neurons * rows * columns * channels);
  const std::size_t blocks = (neurons + kEventNeurons - 1) / kEventNeurons;
  const std::size_t taps = rows * columns;
  AlignedVector<std::int8_t> packed(blocks * taps * channels * kEventNeurons);
  for (std::size_t tap = 0; tap < blocks * taps; ++tap) {
    const std::size_t first_neuron = tap / taps * kEventNeurons;
    const std::size_t row = tap % rows, column = tap % taps / rows;
    const std::size_t count = std::min<std::size_t>(kEventNeurons, neurons - first_neuron);
    const std::int8_t* from =
        weights.data() + ((first_neuron * rows + row) * columns + column) * channels;
    const std::size_t channel = (tap / taps * rows + row) * channels;  // the first one
    pack_tap({from, taps * channels}, count, channels, columns * kEventNeurons,
             packed.data() + (channel * columns + column) * kEventNeurons);
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
