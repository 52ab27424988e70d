#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

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

struct SignBits {
  std::uint32_t plus = 0;
  std::uint32_t minus = 0;
};

// Bit c is set where weight c (-1, 0 or 1) is 1, or -1; count <= 32. Eight at a time: a
// multiplication brings the lowest bits of eight bytes together.
SignBits sign_bits(const std::int8_t* weights, std::size_t count) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kLowest = 0x0101010101010101;
  constexpr std::uint64_t kGather = 0x0102040810204080;
  SignBits bits;
  for (std::size_t c = 0; c < count; c += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, weights + c, std::min<std::size_t>(8, count - c));
    const std::uint64_t minus = bytes >> 7 & kLowest;
    const std::uint64_t plus = bytes & kLowest & ~minus;
    bits.plus |= static_cast<std::uint32_t>(plus * kGather >> 56) << c;
    bits.minus |= static_cast<std::uint32_t>(minus * kGather >> 56) << c;
  }
  return bits;
}

}  // namespace

AlignedVector<std::uint32_t> pack_bit_planes(std::span<const std::int8_t> weights,
                                             const ConvKernelShape& shape, bool has_minus) {
  const auto cells = static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.columns);
  const auto channels = static_cast<std::size_t>(shape.channels);
  const auto dwords = static_cast<std::size_t>(bit_dwords(shape.channels));
  const auto neurons = static_cast<std::size_t>(shape.neurons);
  assert(weights.size() == neurons * cells * channels);
  const std::size_t planes = has_minus ? 2 : 1;
  const std::size_t blocks = (neurons + kBitNeurons - 1) / kBitNeurons;
  AlignedVector<std::uint32_t> packed(blocks * cells * dwords * planes * kBitNeurons);
  const std::int8_t* from = weights.data();
  for (std::size_t n = 0; n < neurons; ++n) {
    for (std::size_t cell = 0; cell < cells; ++cell) {
      for (std::size_t first = 0; first < channels; first += 32) {
        const std::size_t count = std::min<std::size_t>(32, channels - first);
        const std::size_t dword = (n / kBitNeurons * cells + cell) * dwords + first / 32;
        std::uint32_t* plane = &packed[dword * planes * kBitNeurons + n % kBitNeurons];
        const SignBits signs = sign_bits(from, count);
        assert(signs.minus == 0 || has_minus);
        from += count;
        plane[0] = signs.plus;
        if (has_minus) plane[kBitNeurons] = signs.minus;
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
