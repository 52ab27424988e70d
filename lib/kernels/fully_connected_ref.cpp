#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

#include "base/cpu.h"
#include "kernels/fully_connected.h"

namespace akida::kernels {
namespace {

constexpr std::int32_t kNibbleZero = 8;  // what a weight of 0 is stored as

constexpr std::size_t blocks_of(auto count, std::size_t size) {
  return (static_cast<std::size_t>(count) + size - 1) / size;
}

// What turns a packed nibble that holds weight 0 into `weight`, by exclusive or.
std::uint8_t nibble_change(std::int8_t weight, unsigned shift) {
  return static_cast<std::uint8_t>(((weight + kNibbleZero) ^ kNibbleZero) << shift);
}

}  // namespace

void fc_dense_ref(const std::uint8_t* input, std::int32_t inputs, const std::int8_t* weights,
                  std::int32_t neurons, std::int32_t* potentials) {
  assert(inputs >= 1 && neurons >= 1);
  const std::size_t groups = blocks_of(inputs, 4);
  for (std::size_t n = 0; n < blocks_of(neurons, 64) * 64; ++n) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(inputs); ++i) {
      const std::int8_t weight = weights[((n / 64 * groups + i / 4) * 64 + n % 64) * 4 + i % 4];
      sum += static_cast<std::uint32_t>(input[i] * weight);
    }
    potentials[n] = static_cast<std::int32_t>(sum);
  }
}

void fc_nibbles_ref(const std::uint8_t* input, std::int32_t inputs, const std::uint8_t* weights,
                    std::int32_t neurons, std::int32_t* potentials) {
  assert(inputs >= 1 && neurons >= 1);
  const std::size_t groups = blocks_of(inputs, 4);
  for (std::size_t n = 0; n < blocks_of(neurons, 64) * 64; ++n) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(inputs); ++i) {
      const std::size_t vector = (n / 64 * groups + i / 4) * 2 + n % 64 / 32;
      const std::int32_t both = weights[(vector * 16 + n % 16) * 4 + i % 4];
      const std::int32_t weight = (n % 32 < 16 ? both % 16 : both / 16) - kNibbleZero;
      sum += static_cast<std::uint32_t>(input[i] * weight);
    }
    potentials[n] = static_cast<std::int32_t>(sum);
  }
}

void fc_nibble_events_ref(const EventStream& stream, std::int32_t max_value,
                          const std::uint8_t* weights, std::int32_t inputs, std::int32_t neurons,
                          std::int32_t* potentials) {
  assert(max_value >= 1 && max_value <= 255 && inputs >= 1 && neurons >= 1);
  (void)max_value;
  const std::size_t block_bytes = static_cast<std::size_t>(inputs) * kEventNeurons;
  for (std::size_t block = 0; block < blocks_of(neurons, 128); ++block) {
    std::array<std::uint32_t, 128> sums{};
    for (std::uint32_t e = stream.starts[0]; e < stream.starts[1]; ++e) {
      const std::uint8_t* row = weights + block * block_bytes + stream.offsets[e];
      for (std::size_t l = 0; l < 64; ++l) {
        sums[l] += static_cast<std::uint32_t>(stream.values[e] * (row[l] % 16 - kNibbleZero));
        sums[64 + l] += static_cast<std::uint32_t>(stream.values[e] * (row[l] / 16 - kNibbleZero));
      }
    }
    for (std::size_t n = 0; n < sums.size(); ++n) {
      potentials[block * 128 + n] = static_cast<std::int32_t>(sums[n]);
    }
  }
}

AlignedVector<std::int8_t> pack_fc_dense(WeightRows weights, std::int32_t neurons) {
  const auto all = static_cast<std::size_t>(neurons);
  const std::size_t groups = blocks_of(weights.size(), 4);
  AlignedVector<std::int8_t> packed(blocks_of(all, 64) * groups * 256);
  std::int8_t* block = packed.data();
  for (std::size_t first = 0; first < all; first += 64) {
    const std::size_t count = std::min<std::size_t>(64, all - first);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::int8_t* from = weights[i] + first;
      std::int8_t* to = block + i / 4 * 256 + i % 4;
      for (std::size_t n = 0; n < count; ++n) to[n * 4] = from[n];
    }
    block += groups * 256;
  }
  return packed;
}

AlignedVector<std::uint8_t> pack_fc_nibbles(WeightRows weights, std::int32_t neurons) {
  const auto all = static_cast<std::size_t>(neurons);
  const std::size_t groups = blocks_of(weights.size(), 4);
  AlignedVector<std::uint8_t> packed(blocks_of(all, 64) * groups * 128,
                                     kNibbleZero | kNibbleZero << 4);
  std::uint8_t* block = packed.data();
  for (std::size_t first = 0; first < all; first += 64) {
    const std::size_t count = std::min<std::size_t>(64, all - first);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::int8_t* from = weights[i] + first;
      std::uint8_t* to = block + i / 4 * 128 + i % 4;
      for (std::size_t n = 0; n < count; ++n) {
        to[n / 32 * 64 + n % 16 * 4] ^= nibble_change(from[n], n % 32 < 16 ? 0 : 4);
      }
    }
    block += groups * 128;
  }
  return packed;
}

AlignedVector<std::uint8_t> pack_fc_nibble_events(WeightRows weights, std::int32_t neurons) {
  const auto all = static_cast<std::size_t>(neurons);
  AlignedVector<std::uint8_t> packed(blocks_of(all, 128) * weights.size() * kEventNeurons,
                                     kNibbleZero | kNibbleZero << 4);
  std::uint8_t* to = packed.data();
  for (std::size_t first = 0; first < all; first += 128) {
    const std::size_t count = std::min<std::size_t>(128, all - first);
    for (const std::int8_t* row : weights) {
      const std::int8_t* from = row + first;
      for (std::size_t n = 0; n < count; ++n) {
        to[n % 64] ^= nibble_change(from[n], n < 64 ? 0 : 4);
      }
      to += kEventNeurons;
    }
  }
  return packed;
}

FcDenseFn* fc_dense() {
  FcDenseFn* best = nullptr;
#define AKIDA_FC_DENSE(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/fully_connected.inc"
  return best;
}

FcNibblesFn* fc_nibbles() {
  FcNibblesFn* best = nullptr;
#define AKIDA_FC_NIBBLES(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/fully_connected.inc"
  return best;
}

FcNibbleEventsFn* fc_nibble_events() {
  FcNibbleEventsFn* best = nullptr;
#define AKIDA_FC_NIBBLE_EVENTS(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/fully_connected.inc"
  return best;
}

}  // namespace akida::kernels
