#include "kernels/conv_levels.h"

#include <algorithm>
#include <cassert>

namespace akida::kernels {
namespace {

constexpr std::int32_t kPiecePixels = static_cast<std::int32_t>(kConvLevelsScratch) / kLevelsGroup;
constexpr std::int32_t kTileRows = 16;  // pieces of a long line are whole AMX tiles

struct Call {
  const ConvLevelsLayer& layer;
  const std::uint8_t* input;
  const ConvLevelsTarget& target;
  std::int32_t* scratch;
  std::int32_t lines;
  std::int32_t pixels;
  std::int32_t pitch;
  // As the caller counts: what adjoins is computed as one line.
  std::int32_t caller_pixels;
  std::int32_t caller_pitch;
};

// Positions of a piece: a line, or all of them, in parts of nearly equal size.
std::int32_t part_size(std::int32_t line) {
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

// Levels of the piece's outputs, line by line.
std::size_t write_levels(const Call& call, const LevelsTable& table, const ConvPiece& piece) {
  std::size_t nonzero = 0;
  const std::int32_t end = piece.first + piece.count;
  for (std::int32_t at = piece.first; at < end;) {
    const std::int32_t line = at / call.pitch;
    const std::int32_t x = at % call.pitch;
    const std::int32_t next_line = at - x + call.pitch;
    if (x < call.pixels) {
      std::uint8_t* levels = call.target.levels + line * call.target.line_stride +
                             x * call.target.pixel_stride + piece.first_neuron;
      nonzero += call.layer.to_levels(
          table, call.scratch + std::ptrdiff_t{at - piece.first} * kLevelsGroup, kLevelsGroup,
          std::min(call.pixels - x, end - at), levels, call.target.pixel_stride);
    }
    at = next_line;
  }
  return nonzero;
}

// `lines` whole lines or, with lines == 1, `pixels` adjacent positions from (line, x) on.
std::size_t run_piece(const Call& call, std::int32_t neuron, std::int32_t line, std::int32_t x,
                      std::int32_t lines, std::int32_t pixels) {
  const ConvLevelsLayer& layer = call.layer;
  ConvTileGeometry geometry = layer.geometry;
  if (geometry.start != nullptr) geometry.start += neuron;
  const LevelsTable table = group_table(layer.table, neuron);
  const std::int32_t blocks = (table.neurons + kConvTileNeurons - 1) / kConvTileNeurons;
  const std::ptrdiff_t neuron_bytes = std::ptrdiff_t{geometry.kernel_rows} * geometry.run;
  layer.tile(call.input + line * geometry.line_stride + x * geometry.pixel_stride, geometry,
             layer.weights + neuron * neuron_bytes, {blocks, lines, pixels, pixels}, call.scratch,
             kLevelsGroup);
  const ConvPiece piece = {neuron, line * call.pitch + x, lines * pixels, call.caller_pixels,
                           call.caller_pitch};
  if (layer.hook.call != nullptr) layer.hook.call(layer.hook.context, piece, call.scratch);
  return write_levels(call, table, piece);
}

// Pieces of the one line that all lines form together with what lies between them.
std::size_t run_across_lines(const Call& call, std::int32_t neuron) {
  const std::int32_t count = (call.lines - 1) * call.pitch + call.pixels;
  const std::int32_t size = part_size(count);
  std::size_t nonzero = 0;
  for (std::int32_t first = 0; first < count; first += size) {
    nonzero += run_piece(call, neuron, 0, first, 1, std::min(size, count - first));
  }
  return nonzero;
}

// Pieces of several lines, or of parts of a long line.
std::size_t run_by_lines(const Call& call, std::int32_t neuron) {
  const std::int32_t width = part_size(call.pixels);
  const std::int32_t height = width == call.pixels ? std::max(1, kPiecePixels / width) : 1;
  std::size_t nonzero = 0;
  for (std::int32_t line = 0; line < call.lines; line += height) {
    for (std::int32_t x = 0; x < call.pixels; x += width) {
      nonzero += run_piece(call, neuron, line, x, std::min(height, call.lines - line),
                           std::min(width, call.pixels - x));
    }
  }
  return nonzero;
}

}  // namespace

std::size_t conv_levels(const ConvLevelsLayer& layer, const std::uint8_t* input, std::int32_t lines,
                        std::int32_t pixels, const ConvLevelsTarget& target,
                        std::int32_t* scratch) {
  assert(lines > 0 && pixels > 0);
  const ConvTileGeometry& geometry = layer.geometry;
  const bool adjoining = geometry.line_stride == pixels * geometry.pixel_stride &&
                         target.line_stride == pixels * target.pixel_stride;
  const std::int32_t across = lines > 1 ? conv_tile_pitch(layer.tile, geometry, pixels) : 0;
  const std::int32_t pitch = across > 0 ? across : pixels;
  Call call = {layer, input, target, scratch, lines, pixels, pitch, pixels, pitch};
  if (adjoining) {
    call.lines = 1;
    call.pixels = call.pitch = lines * pixels;
  }
  std::size_t nonzero = 0;
  for (std::int32_t neuron = 0; neuron < layer.table.neurons; neuron += kLevelsGroup) {
    nonzero +=
        adjoining || across > 0 ? run_across_lines(call, neuron) : run_by_lines(call, neuron);
  }
  return nonzero;
}

}  // namespace akida::kernels
