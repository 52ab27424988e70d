#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "base/cpu.h"
#include "kernels/bit_planes.h"

namespace akida::kernels {

void pack_bits_ref(const std::uint8_t* input, std::size_t cells, std::int32_t channels,
                   std::uint32_t* bits) {
  assert(cells >= 1 && channels >= 1);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::int32_t c = 0; c < channels; c += 32, ++bits) {
      *bits = 0;
      for (std::int32_t i = 0; i < 32 && c + i < channels; ++i) {
        if (input[c + i] != 0) *bits |= std::uint32_t{1} << i;
      }
    }
    input += channels;
  }
}

void bit_planes_ref(const BitWindows& windows, const std::uint32_t* planes,
                    std::int32_t* potentials, std::ptrdiff_t potential_stride) {
  assert(windows.pixels >= 1 && windows.rows >= 1 && windows.run >= 1);
  assert(potential_stride >= windows.blocks * kBitNeurons);
  for (std::int32_t block = 0; block < windows.blocks; ++block) {
    const std::uint32_t* next_planes = planes;
    for (std::int32_t p = 0; p < windows.pixels; ++p) {
      const std::uint32_t* window =
          windows.bits + static_cast<std::size_t>(p) * windows.pixel_stride;
      std::array<std::int32_t, kBitNeurons> sums{};
      next_planes = planes;
      for (std::int32_t row = 0; row < windows.rows; ++row) {
        for (std::int32_t i = 0; i < windows.run; ++i) {
          const std::uint32_t x = window[static_cast<std::size_t>(row) * windows.row_stride +
                                         static_cast<std::size_t>(i)];
          for (std::int32_t& sum : sums) sum += std::popcount(x & *next_planes++);
          if (!windows.has_minus) continue;
          for (std::int32_t& sum : sums) sum -= std::popcount(x & *next_planes++);
        }
      }
      std::int32_t* out = potentials + p * potential_stride + block * kBitNeurons;
      for (std::size_t n = 0; n < sums.size(); ++n) out[n] = sums[n];
    }
    planes = next_planes;
  }
}

namespace {

using BlockBits = std::array<std::uint8_t, kBitNeurons>;

// The signs of up to 8 rows of weights (-1, 0 or 1): bit i is set where row i has 1, or -1.
struct SignBits {
  BlockBits plus{};
  BlockBits minus{};

  SignBits(WeightRows rows, std::size_t first, std::size_t neurons) {
    for (std::size_t i = rows.size(); i-- > 0;) push(weight_block(rows[i], first, neurons));
  }

  void push(const WeightBlock& weights) {
    for (std::size_t n = 0; n < weights.size(); ++n) {
      const auto weight = static_cast<std::uint8_t>(weights[n]);
      const auto is_minus = static_cast<std::uint8_t>(weight >> 7);
      minus[n] = static_cast<std::uint8_t>(minus[n] + minus[n] + is_minus);
      plus[n] = static_cast<std::uint8_t>(plus[n] + plus[n] + (weight & 1 & ~is_minus));
    }
  }
};

// Sets bits [shift, shift + 8) of one dword per neuron.
void add_bits(const BlockBits& bits, std::size_t shift, std::uint32_t* plane) {
  for (std::size_t n = 0; n < bits.size(); ++n) plane[n] |= std::uint32_t{bits[n]} << shift;
}

}  // namespace

AlignedVector<std::uint32_t> pack_bit_planes(WeightRows weights, const ConvKernelShape& shape,
                                             bool has_minus) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto neurons = static_cast<std::size_t>(shape.neurons);
  const std::size_t cells = weights.size() / channels;
  assert(weights.size() ==
         static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.columns) * channels);
  const std::size_t planes = has_minus ? 2 : 1;
  const std::size_t cell_size =
      static_cast<std::size_t>(bit_dwords(shape.channels)) * planes * kBitNeurons;
  const std::size_t blocks = (neurons + kBitNeurons - 1) / kBitNeurons;
  AlignedVector<std::uint32_t> packed(blocks * cells * cell_size);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t c = 0; c < channels; c += 8) {
      const WeightRows rows =
          weights.subspan(cell * channels + c, std::min<std::size_t>(8, channels - c));
      for (std::size_t block = 0; block < blocks; ++block) {
        const SignBits bits(rows, block * kBitNeurons, neurons);
        std::uint32_t* plane =
            packed.data() + (block * cells + cell) * cell_size + c / 32 * planes * kBitNeurons;
        add_bits(bits.plus, c % 32, plane);
        if (has_minus) add_bits(bits.minus, c % 32, plane + kBitNeurons);
      }
    }
  }
  return packed;
}

PackBitsFn* pack_bits() {
  PackBitsFn* best = nullptr;
#define AKIDA_PACK_BITS(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/bit_planes.inc"
  return best;
}

BitPlanesFn* bit_planes() {
  BitPlanesFn* best = nullptr;
#define AKIDA_BIT_PLANES(fn, need) \
  if (cpu_has(need)) best = fn;
#include "kernels/bit_planes.inc"
  return best;
}

}  // namespace akida::kernels
