// A dense convolution followed by its activation, in pieces whose potentials stay in the L1
// cache: conv_tile for up to 128 pixels of 64 neurons, then levels, piece by piece. On AMX this
// is worth up to a third of a layer's time against converting whole bands.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conv_tile.h"
#include "kernels/levels.h"

namespace akida::kernels {

// Part of a call: positions [first, first + count) of one group of neurons. Position p is output
// (line p / pitch, x p % pitch); where x >= pixels it lies between lines and means nothing.
struct ConvPiece {
  std::int32_t first_neuron = 0;  // a multiple of 64
  std::int32_t first = 0;
  std::int32_t count = 1;
  std::int32_t pixels = 1;  // of a line
  std::int32_t pitch = 1;   // >= pixels
};

// Changes a piece's potentials between convolution and activation: position first + i of neuron
// first_neuron + n is at potentials[i * kLevelsGroup + n].
struct ConvPieceHook {
  void (*call)(const void* context, const ConvPiece& piece, std::int32_t* potentials) = nullptr;
  const void* context = nullptr;
};

// What a layer needs, the same for every call.
struct ConvLevelsLayer {
  ConvTileFn* tile = nullptr;
  LevelsFn* to_levels = nullptr;
  ConvTileGeometry geometry;             // start: [neurons padded to 32]
  const std::int8_t* weights = nullptr;  // packed, all neurons
  LevelsTable table;
  ConvPieceHook hook;  // optional
};

// Where levels go: output (line, x) of neuron n to levels[line * line_stride + x * pixel_stride
// + n]. Only these bytes are written.
struct ConvLevelsTarget {
  std::uint8_t* levels = nullptr;
  std::ptrdiff_t pixel_stride = 0;
  std::ptrdiff_t line_stride = 0;
};

inline constexpr std::size_t kConvLevelsScratch = 128 * kLevelsGroup;  // int32 values

// `lines` x `pixels` outputs (>= 1 each) of all neurons; `input` as for conv_tile; `scratch`
// holds kConvLevelsScratch values, aligned to a cache line, and is used by one call at a time.
// Returns how many of the levels written are not zero.
[[nodiscard]] std::size_t conv_levels(const ConvLevelsLayer& layer, const std::uint8_t* input,
                                      std::int32_t lines, std::int32_t pixels,
                                      const ConvLevelsTarget& target, std::int32_t* scratch);

}  // namespace akida::kernels
