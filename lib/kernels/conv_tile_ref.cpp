#include <algorithm>
#include <array>
#include <cassert>

#include "base/cpu.h"
#include "kernels/conv_tile.h"

namespace akida::kernels {
namespace {

// Byte offset inside a block of the weight of `neuron` for byte `i` of kernel row `row`.
std::size_t packed_offset(std::int32_t run, std::int32_t row, std::int32_t i, std::int32_t neuron) {
  const std::int64_t group = (std::int64_t{row} * run + i) / 4;
  return static_cast<std::size_t>(group * 4 * kConvTileNeurons + neuron * 4 + i % 4);
}

}  // namespace

void conv_tile_ref(const std::uint8_t* input, const ConvTileGeometry& geometry,
                   const std::int8_t* weights, ConvTileExtent extent, std::int32_t* potentials,
                   std::ptrdiff_t potential_stride) {
  assert(geometry.run > 0 && geometry.run % 4 == 0 && geometry.kernel_rows > 0);
  assert(extent.blocks > 0 && extent.lines > 0 && extent.pixels > 0);
  assert(potential_stride >= extent.blocks * kConvTileNeurons);
  const std::size_t block_bytes = std::size_t{kConvTileNeurons} *
                                  static_cast<std::size_t>(geometry.kernel_rows) *
                                  static_cast<std::size_t>(geometry.run);
  for (std::int32_t line = 0; line < extent.lines; ++line) {
    for (std::int32_t x = 0; x < extent.pixels; ++x) {
      const std::uint8_t* window = input + line * geometry.line_stride + x * geometry.pixel_stride;
      for (std::int32_t block = 0; block < extent.blocks; ++block) {
        const std::int8_t* block_weights = weights + static_cast<std::size_t>(block) * block_bytes;
        std::array<std::uint32_t, kConvTileNeurons> sums{};
        if (geometry.start != nullptr) {
          std::copy_n(geometry.start + block * kConvTileNeurons, sums.size(), sums.begin());
        }
        for (std::int32_t row = 0; row < geometry.kernel_rows; ++row) {
          for (std::int32_t i = 0; i < geometry.run; ++i) {
            const std::int32_t value = window[row * geometry.row_stride + i];
            const std::int8_t* column = block_weights + packed_offset(geometry.run, row, i, 0);
            for (std::size_t n = 0; n < sums.size(); ++n) {
              sums[n] += static_cast<std::uint32_t>(value * column[n * 4]);
            }
          }
        }
        std::copy(sums.begin(), sums.end(),
                  potentials + (line * extent.line_pitch() + x) * potential_stride +
                      block * kConvTileNeurons);
      }
    }
  }
}

ConvTileFn* conv_tile() {
  ConvTileFn* best = nullptr;
#define AKIDA_KERNEL(fn, need, tile) \
  if (cpu_has(need)) best = fn;
#include "kernels/conv_tile.inc"
#undef AKIDA_KERNEL
  return best;
}

std::int32_t conv_tile_pitch(ConvTileFn* tile, const ConvTileGeometry& geometry,
                             std::int32_t pixels) {
#if defined(__x86_64__)
  if (tile != conv_tile_amx || geometry.line_stride % geometry.pixel_stride != 0) return 0;
  const std::ptrdiff_t pitch = geometry.line_stride / geometry.pixel_stride;
  return pitch >= pixels && 2 * pitch <= 3 * pixels ? static_cast<std::int32_t>(pitch) : 0;
#else
  static_cast<void>(tile), static_cast<void>(geometry), static_cast<void>(pixels);
  return 0;
#endif
}

std::int32_t conv_tile_run(std::int32_t columns, std::int32_t channels) {
  constexpr std::int32_t kChunk = 64;
  const std::int32_t bytes = columns * channels;
  const std::int32_t chunks = (bytes + kChunk - 1) / kChunk;
  const std::int32_t chunk = (bytes + chunks - 1) / chunks;
  return chunks * ((chunk + 3) / 4 * 4);
}

std::size_t conv_block_bytes(const ConvKernelShape& shape) {
  const std::int32_t run = conv_tile_run(shape.columns, shape.channels);
  return std::size_t{kConvTileNeurons} * static_cast<std::size_t>(shape.rows) *
         static_cast<std::size_t>(run);
}

AlignedVector<std::int8_t> pack_conv_weights(WeightRows weights, const ConvKernelShape& shape) {
  const std::int32_t row_bytes = shape.columns * shape.channels;
  const std::int32_t run = conv_tile_run(shape.columns, shape.channels);
  assert(weights.size() ==
         static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(row_bytes));
  const std::int32_t blocks = (shape.neurons + kConvTileNeurons - 1) / kConvTileNeurons;
  AlignedVector<std::int8_t> packed(static_cast<std::size_t>(blocks) * conv_block_bytes(shape));
  std::int8_t* block = packed.data();
  for (std::int32_t first = 0; first < shape.neurons; first += kConvTileNeurons) {
    const std::int32_t count = std::min(kConvTileNeurons, shape.neurons - first);
    auto from = weights.begin();
    for (std::int32_t row = 0; row < shape.rows; ++row) {
      for (std::int32_t i = 0; i < row_bytes; ++i) {
        const std::int8_t* neurons = *from++ + first;
        std::int8_t* to = block + packed_offset(run, row, i, 0);
        for (std::int32_t n = 0; n < count; ++n) to[n * 4] = neurons[n];
      }
    }
    block += conv_block_bytes(shape);
  }
  return packed;
}

}  // namespace akida::kernels
