#include "kernels/conv_levels.h"

#include <algorithm>
#include <cassert>

namespace akida::kernels {
namespace {

constexpr std::int32_t kPiecePixels = static_cast<std::int32_t>(kConvLevelsScratch) / kLevelsGroup;
constexpr std::int32_t kTileRows = 16;  // pieces of a long line are whole AMX tiles

// One call, with the sizes of its pieces.
struct Call {
  const ConvLevelsLayer& layer;
  const std::uint8_t* input;
  const ConvLevelsTarget& target;
  std::int32_t* scratch;
};

// Pixels of a piece: the line in parts of nearly equal size.
std::int32_t piece_pixels(std::int32_t line) {
  if (line <= kPiecePixels) return line;
  const std::int32_t parts = (line + kPiecePixels - 1) / kPiecePixels;
  const std::int32_t size = (line + parts - 1) / parts;
  return (size + kTileRows - 1) / kTileRows * kTileRows;
}

// The part of the layer's table that one group of neurons uses.
LevelsTable group_table(const LevelsTable& table, std::int32_t first_neuron) {
  return {std::min(kLevelsGroup, table.neurons - first_neuron), table.max_level,
          table.groups + first_neuron / kLevelsGroup,
          table.boundaries + std::ptrdiff_t{first_neuron} * table.max_level};
}

std::size_t run_piece(const Call& call, const ConvPiece& piece) {
  const ConvLevelsLayer& layer = call.layer;
  const ConvTileGeometry& geometry = layer.geometry;
  const LevelsTable table = group_table(layer.table, piece.first_neuron);
  const std::int32_t blocks = (table.neurons + kConvTileNeurons - 1) / kConvTileNeurons;
  const std::ptrdiff_t neuron_bytes = std::ptrdiff_t{geometry.kernel_rows} * geometry.run;
  layer.tile(call.input + piece.first_line * geometry.line_stride +
                 piece.first_pixel * geometry.pixel_stride,
             geometry, layer.weights + piece.first_neuron * neuron_bytes,
             {blocks, piece.lines, piece.pixels, piece.pitch}, call.scratch, kLevelsGroup);
  if (layer.hook.call != nullptr) layer.hook.call(layer.hook.context, piece, call.scratch);
  const ConvLevelsTarget& target = call.target;
  std::uint8_t* levels = target.levels + piece.first_line * target.line_stride +
                         piece.first_pixel * target.pixel_stride + piece.first_neuron;
  if (target.line_stride == piece.pitch * target.pixel_stride && piece.pitch == piece.pixels) {
    return layer.to_levels(table, call.scratch, kLevelsGroup, piece.lines * piece.pixels, levels,
                           target.pixel_stride);
  }
  std::size_t nonzero = 0;
  for (std::int32_t line = 0; line < piece.lines; ++line) {
    nonzero +=
        layer.to_levels(table, call.scratch + std::ptrdiff_t{line} * piece.pitch * kLevelsGroup,
                        kLevelsGroup, piece.pixels, levels, target.pixel_stride);
    levels += target.line_stride;
  }
  return nonzero;
}

}  // namespace

std::size_t conv_levels(const ConvLevelsLayer& layer, const std::uint8_t* input, std::int32_t lines,
                        std::int32_t pixels, const ConvLevelsTarget& target,
                        std::int32_t* scratch) {
  assert(lines > 0 && pixels > 0);
  const ConvTileGeometry& geometry = layer.geometry;
  const bool adjoin = geometry.line_stride == pixels * geometry.pixel_stride &&
                      target.line_stride == pixels * target.pixel_stride;
  if (adjoin) {
    pixels *= lines;
    lines = 1;
  }
  const std::int32_t adjacent = conv_tile_pitch(geometry, pixels);
  const std::int32_t width = piece_pixels(pixels);
  const std::int32_t pitch = width == pixels && adjacent > 0 ? adjacent : width;
  const std::int32_t height = std::max(1, kPiecePixels / pitch);
  const Call call{layer, input, target, scratch};
  std::size_t nonzero = 0;
  for (std::int32_t neuron = 0; neuron < layer.table.neurons; neuron += kLevelsGroup) {
    for (std::int32_t line = 0; line < lines; line += height) {
      for (std::int32_t x = 0; x < pixels; x += width) {
        const std::int32_t part = std::min(width, pixels - x);
        nonzero += run_piece(call, {.first_neuron = neuron,
                                    .first_line = line,
                                    .lines = std::min(height, lines - line),
                                    .first_pixel = x,
                                    .pixels = part,
                                    .pitch = pitch == width ? part : pitch});
      }
    }
  }
  return nonzero;
}

}  // namespace akida::kernels
