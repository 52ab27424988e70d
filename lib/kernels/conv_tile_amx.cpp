// Tiles of 32 pixels x 32 neurons: 2 x 2 accumulators of up to 16 pixels x 16 neurons.
//
// The rows of an A tile are one chunk (at most 64 bytes) of 16 adjacent pixels' kernel rows,
// loaded straight from the NHWC input with the pixels' stride; the rows of a B tile are the
// packed groups of 16 neurons, stride 128. conv_tile_run() makes all chunks of a run equal, so
// one tile configuration serves a whole call. It is set at the start and released at the end:
// calls leave the thread's tile state as the ABI wants it, empty.
#include <immintrin.h>

#include "kernels/conv_tile.h"

namespace akida::kernels {
namespace {

constexpr int kTileRows = 16;
constexpr int kMaxChunk = 64;        // bytes of a tile's row
constexpr int kGroupBytes = 128;     // packed weights of 4 input bytes in one block
constexpr std::size_t kSameRow = 0;  // stride of a tile whose rows are all the same
constexpr int kVectorNeurons = 16;   // neurons of an accumulator

// Palette 1 of LDTILECFG, as the instruction reads it.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};

// Tiles 0..3 accumulate (pixels a, b) x (neurons low, high); 4 and 5 hold inputs of the pixels,
// 6 and 7 weights of the neurons.
TileConfig make_config(int pixels, int chunk) {
  TileConfig config;
  for (int i = 0; i < 4; ++i) {
    config.rows[i] = static_cast<std::uint8_t>(pixels);
    config.row_bytes[i] = kVectorNeurons * sizeof(std::int32_t);
  }
  for (int i = 4; i < 6; ++i) {
    config.rows[i] = static_cast<std::uint8_t>(pixels);
    config.row_bytes[i] = static_cast<std::uint16_t>(chunk);
  }
  for (int i = 6; i < 8; ++i) {
    config.rows[i] = static_cast<std::uint8_t>(chunk / 4);
    config.row_bytes[i] = kVectorNeurons * 4;
  }
  return config;
}

// The first pixel of a run of adjacent pixels.
struct Pixels {
  const std::uint8_t* input;
  std::int32_t* potentials;
};

struct Call {
  const ConvTileGeometry& geometry;
  int chunk;
  std::ptrdiff_t store_stride;  // bytes between the potentials of adjacent pixels
};

// One block of 32 neurons.
struct Block {
  const std::int8_t* weights;
  const std::int32_t* start;  // or nullptr
};

void two_tiles(const Call& call, Pixels a, Pixels b, Block block) {
  const ConvTileGeometry& geometry = call.geometry;
  const auto stride = static_cast<std::size_t>(geometry.pixel_stride);
  if (block.start == nullptr) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  } else {
    _tile_loadd(0, block.start, kSameRow);
    _tile_loadd(1, block.start + kVectorNeurons, kSameRow);
    _tile_loadd(2, block.start, kSameRow);
    _tile_loadd(3, block.start + kVectorNeurons, kSameRow);
  }
  const std::int8_t* weights = block.weights;
  for (int row = 0; row < geometry.kernel_rows; ++row) {
    const std::ptrdiff_t offset = row * geometry.row_stride;
    for (int i = 0; i < geometry.run; i += call.chunk) {
      _tile_loadd(6, weights, kGroupBytes);
      _tile_loadd(4, a.input + offset + i, stride);
      _tile_dpbusd(0, 4, 6);
      _tile_loadd(5, b.input + offset + i, stride);
      _tile_dpbusd(2, 5, 6);
      _tile_loadd(7, weights + kGroupBytes / 2, kGroupBytes);
      _tile_dpbusd(1, 4, 7);
      _tile_dpbusd(3, 5, 7);
      weights += call.chunk / 4 * kGroupBytes;
    }
  }
  const auto store_stride = static_cast<std::size_t>(call.store_stride);
  _tile_stored(0, a.potentials, store_stride);
  _tile_stored(1, a.potentials + kVectorNeurons, store_stride);
  _tile_stored(2, b.potentials, store_stride);
  _tile_stored(3, b.potentials + kVectorNeurons, store_stride);
}

void one_tile(const Call& call, Pixels a, Block block) {
  const ConvTileGeometry& geometry = call.geometry;
  const auto stride = static_cast<std::size_t>(geometry.pixel_stride);
  if (block.start == nullptr) {
    _tile_zero(0);
    _tile_zero(1);
  } else {
    _tile_loadd(0, block.start, kSameRow);
    _tile_loadd(1, block.start + kVectorNeurons, kSameRow);
  }
  const std::int8_t* weights = block.weights;
  for (int row = 0; row < geometry.kernel_rows; ++row) {
    const std::ptrdiff_t offset = row * geometry.row_stride;
    for (int i = 0; i < geometry.run; i += call.chunk) {
      _tile_loadd(4, a.input + offset + i, stride);
      _tile_loadd(6, weights, kGroupBytes);
      _tile_dpbusd(0, 4, 6);
      _tile_loadd(7, weights + kGroupBytes / 2, kGroupBytes);
      _tile_dpbusd(1, 4, 7);
      weights += call.chunk / 4 * kGroupBytes;
    }
  }
  const auto store_stride = static_cast<std::size_t>(call.store_stride);
  _tile_stored(0, a.potentials, store_stride);
  _tile_stored(1, a.potentials + kVectorNeurons, store_stride);
}

}  // namespace

void conv_tile_amx(const std::uint8_t* input, const ConvTileGeometry& geometry,
                   const std::int8_t* weights, ConvTileExtent extent, std::int32_t* potentials,
                   std::ptrdiff_t potential_stride) {
  const int pitch = extent.pitch == 0 ? extent.pixels : extent.pitch;
  if (extent.lines > 1 && pitch * geometry.pixel_stride == geometry.line_stride) {
    extent.pixels += (extent.lines - 1) * pitch;
    extent.lines = 1;
  }
  constexpr int kFewPixels = 4;  // below, loading B tiles costs more than they multiply
  if (extent.pixels < kFewPixels) {
    conv_tile_avx512vnni(input, geometry, weights, extent, potentials, potential_stride);
    return;
  }
  const std::ptrdiff_t block_bytes =
      std::ptrdiff_t{kConvTileNeurons} * geometry.kernel_rows * geometry.run;
  // Equal tiles cover a line; the last one overlaps its neighbour, computing the same again.
  const int line_tiles = (extent.pixels + kTileRows - 1) / kTileRows;
  const int rows = (extent.pixels + line_tiles - 1) / line_tiles;
  const int tiles = line_tiles * extent.lines;
  const int chunks = (geometry.run + kMaxChunk - 1) / kMaxChunk;
  const Call call = {geometry, geometry.run / chunks,
                     potential_stride * static_cast<std::ptrdiff_t>(sizeof(std::int32_t))};
  const TileConfig config = make_config(rows, call.chunk);
  asm volatile("" : : "r"(&config) : "memory");  // g++ believes LDTILECFG reads only 8 bytes
  _tile_loadconfig(&config);
  for (int block = 0; block < extent.blocks; ++block) {
    const auto pixels = [&](int tile) {
      const int line = tile / line_tiles;
      const int start = tile % line_tiles * rows;
      const int x = start + rows > extent.pixels ? extent.pixels - rows : start;
      const std::ptrdiff_t pixel = std::ptrdiff_t{line} * pitch + x;
      return Pixels{input + line * geometry.line_stride + x * geometry.pixel_stride,
                    potentials + pixel * potential_stride + block * kConvTileNeurons};
    };
    const Block block_args = {
        weights + block * block_bytes,
        geometry.start == nullptr ? nullptr : geometry.start + block * kConvTileNeurons};
    int tile = 0;
    for (; tile + 2 <= tiles; tile += 2) {
      two_tiles(call, pixels(tile), pixels(tile + 1), block_args);
    }
    if (tile < tiles) one_tile(call, pixels(tile), block_args);
  }
  _tile_release();
}

}  // namespace akida::kernels
