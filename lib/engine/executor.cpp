#include "engine/executor.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/parallel.h"
#include "engine/pool_maps.h"

namespace akida::engine {
namespace {

// Parts of a layer for each thread, so that a thread that starts late does fewer.
constexpr std::int32_t kPartsPerThread = 3;

void copy_levels(const LayerPlan& layer, std::uint8_t* bytes) {
  const auto channels = static_cast<std::size_t>(layer.output.channels);
  const LevelMap& from = layer.levels_out;
  for (const LevelMap& to : layer.level_copies) {
    for (std::size_t y = 0; y < static_cast<std::size_t>(layer.output.height); ++y) {
      for (std::size_t x = 0; x < static_cast<std::size_t>(layer.output.width); ++x) {
        std::memcpy(bytes + to.offset + y * to.row_stride + x * to.pixel_stride,
                    bytes + from.offset + y * from.row_stride + x * from.pixel_stride, channels);
      }
    }
  }
}

void copy_potentials(const LayerPlan& layer, Workspace& workspace) {
  const auto pixels =
      static_cast<std::size_t>(layer.output.width) * static_cast<std::size_t>(layer.output.height);
  const auto channels = static_cast<std::size_t>(layer.output.channels);
  const std::int32_t* from = potentials_at(workspace, layer.potentials.offset);
  for (const PotentialMap& map : layer.potential_copies) {
    std::int32_t* to = potentials_at(workspace, map.offset);
    for (std::size_t i = 0; i < pixels; ++i) {
      std::copy_n(from + i * layer.potentials.stride, channels, to + i * map.stride);
    }
  }
}

std::uint64_t count_potentials(const LayerPlan& layer, const Workspace& workspace) {
  const auto pixels =
      static_cast<std::size_t>(layer.output.width) * static_cast<std::size_t>(layer.output.height);
  const std::int32_t* row = potentials_at(workspace, layer.potentials.offset);
  std::uint64_t nonzeros = 0;
  for (std::size_t i = 0; i < pixels; ++i, row += layer.potentials.stride) {
    nonzeros += static_cast<std::uint64_t>(layer.output.channels -
                                           std::count(row, row + layer.output.channels, 0));
  }
  return nonzeros;
}

LevelsStep levels_step(const LayerPlan& layer) { return {layer.levels.table(), layer.to_levels}; }

// The place of row `y` of a map of levels.
kernels::ConvLevelsTarget levels_target(const LevelMap& map, std::int32_t y, Workspace& workspace) {
  return {
      .levels = workspace.bytes.data() + map.offset + static_cast<std::size_t>(y) * map.row_stride,
      .pixel_stride = static_cast<std::ptrdiff_t>(map.pixel_stride),
      .line_stride = static_cast<std::ptrdiff_t>(map.row_stride)};
}

// Rows [first, last) of a layer's convolution, on one thread: potentials into their map or levels
// into `unpooled` or the output. Returns the non-zero levels written.
std::size_t run_rows(const LayerPlan& layer, Workspace& workspace, std::uint64_t nonzeros,
                     std::int32_t first, std::int32_t last, Scratch& scratch) {
  const bool pooled = layer.pooling != snn::PoolingType::kNoPooling;
  SourceCall call{.input = workspace.bytes.data() + layer.padded_input,
                  .nonzeros = nonzeros,
                  .first = first,
                  .last = last,
                  .width = layer.map.width,
                  .potentials = reinterpret_cast<std::int32_t*>(scratch.data()),
                  .band = layer.band,
                  .scratch = scratch.data() + layer.source_scratch};
  if (!layer.keep_potentials) {
    const auto channels = static_cast<std::size_t>(layer.map.channels);
    const LevelMap unpooled{layer.unpooled, static_cast<std::size_t>(layer.map.width) * channels,
                            channels};
    return layer.source->run_levels(
        call, levels_step(layer),
        levels_target(pooled ? unpooled : layer.levels_out, first, workspace));
  }
  std::int32_t* potentials =
      potentials_at(workspace, pooled ? layer.unpooled : layer.potentials.offset);
  const std::ptrdiff_t row = std::ptrdiff_t{layer.map.width} * padded_channels(layer.map.channels);
  for (call.first = first; call.first < last; call.first = call.last) {
    call.last = std::min(call.first + layer.band, last);
    call.potentials = potentials + call.first * row;
    layer.source->run(call);
  }
  return 0;
}

// Pools what run_rows left in `unpooled`; returns the non-zero levels written.
std::size_t run_pooling(const LayerPlan& layer, Workspace& workspace) {
  if (layer.keep_potentials) {
    pool_potentials(layer.pooling, layer.map, layer.windows,
                    potentials_at(workspace, layer.unpooled), layer.potentials.stride,
                    potentials_at(workspace, layer.potentials.offset));
    return 0;
  }
  return max_pool_levels(layer.map, layer.windows, workspace.bytes.data() + layer.unpooled,
                         workspace.bytes.data() + layer.levels_out.offset,
                         layer.levels_out.row_stride, layer.levels_out.pixel_stride);
}

}  // namespace

std::uint64_t input_nonzeros(const LayerPlan& layer, const Workspace& workspace) {
  if (layer.inbounds.empty()) return workspace.sample_nonzeros;
  std::uint64_t sum = 0;
  for (std::uint32_t inbound : layer.inbounds) sum += workspace.nonzeros[inbound];
  return sum;
}

Workspace::Workspace(const NetworkPlan& plan)
    : bytes(plan.workspace_bytes), nonzeros(plan.layers.size()) {
  for (const Fill& fill : plan.fills) {
    std::memset(bytes.data() + fill.offset, fill.value, fill.size);
  }
}

std::uint64_t Executor::run_weights(const LayerPlan& layer, Workspace& workspace) const {
  const std::uint64_t inputs = input_nonzeros(layer, workspace);
  const auto height = layer.map.height;
  const auto threads = static_cast<std::int32_t>(std::min(useful_threads(layer), scratch_.size()));
  if (threads == 1) {
    const std::uint64_t written = run_rows(layer, workspace, inputs, 0, height, scratch_[0]);
    return layer.pooling == snn::PoolingType::kNoPooling ? written : run_pooling(layer, workspace);
  }
  std::atomic<std::uint64_t> written = 0;
  const std::int32_t rows = std::max(1, height / (threads * kPartsPerThread));
  parallel_for(static_cast<std::size_t>((height + rows - 1) / rows), threads,
               [&](std::size_t part, int worker) {
                 const std::int32_t first = static_cast<std::int32_t>(part) * rows;
                 written +=
                     run_rows(layer, workspace, inputs, first, std::min(first + rows, height),
                              scratch_[static_cast<std::size_t>(worker)]);
               });
  return layer.pooling == snn::PoolingType::kNoPooling ? written.load()
                                                       : run_pooling(layer, workspace);
}

void Executor::run_layer(std::size_t index, Workspace& workspace) const {
  const LayerPlan& layer = plan_.layers[index];
  std::uint64_t nonzeros = layer.kind == LayerKind::kWeights ? run_weights(layer, workspace)
                                                             : input_nonzeros(layer, workspace);
  if (layer.keep_potentials && layer.has_levels) {
    nonzeros = write_levels(levels_step(layer), potentials_at(workspace, layer.potentials.offset),
                            layer.output.width, layer.output.height,
                            levels_target(layer.levels_out, 0, workspace));
  } else if (layer.keep_potentials) {
    nonzeros = count_potentials(layer, workspace);
    copy_potentials(layer, workspace);
  }
  if (layer.has_levels) copy_levels(layer, workspace.bytes.data());
  workspace.nonzeros[index] = nonzeros;
}

void Executor::run(Workspace& workspace, std::size_t layers) const {
  for (std::size_t i = 0; i < layers; ++i) run_layer(i, workspace);
}

}  // namespace akida::engine
