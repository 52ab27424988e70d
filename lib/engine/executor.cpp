#include "engine/executor.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/parallel.h"
#include "engine/pool_maps.h"

namespace akida::engine {
namespace {

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

// Levels of rows [first, last) of an output `width` wide, from potentials without gaps that start
// at row `first`; returns how many are not zero.
std::size_t write_levels(const LayerPlan& layer, const std::int32_t* potentials, std::int32_t width,
                         std::uint8_t* bytes, const LevelMap& to, std::int32_t first,
                         std::int32_t last) {
  const std::ptrdiff_t stride = padded_channels(layer.output.channels);
  const auto pixel_stride = static_cast<std::ptrdiff_t>(to.pixel_stride);
  std::uint8_t* row = bytes + to.offset + static_cast<std::size_t>(first) * to.row_stride;
  if (to.row_stride == static_cast<std::size_t>(width) * to.pixel_stride) {
    return layer.to_levels(layer.levels.table(), potentials, stride, (last - first) * width, row,
                           pixel_stride);
  }
  std::size_t nonzeros = 0;
  for (std::int32_t y = first; y < last; ++y) {
    nonzeros += layer.to_levels(layer.levels.table(), potentials, stride, width, row, pixel_stride);
    potentials += width * stride;
    row += to.row_stride;
  }
  return nonzeros;
}

// Rows [first, last) of a layer's convolution, on one thread: potentials into their map or levels
// into `unpooled` or the output. Returns the non-zero levels written.
std::size_t run_band(const LayerPlan& layer, Workspace& workspace, std::uint64_t nonzeros,
                     std::int32_t first, std::int32_t last, Scratch& scratch) {
  const auto channels = static_cast<std::size_t>(layer.map.channels);
  const auto width = static_cast<std::size_t>(layer.map.width);
  const std::size_t row = width * static_cast<std::size_t>(padded_channels(layer.map.channels));
  const bool pooled = layer.pooling != snn::PoolingType::kNoPooling;
  SourceCall call{.input = workspace.bytes.data() + layer.padded_input,
                  .nonzeros = nonzeros,
                  .first = first,
                  .last = last,
                  .potentials = reinterpret_cast<std::int32_t*>(scratch.data()),
                  .scratch = scratch.data() + layer.source_scratch};
  if (layer.keep_potentials) {
    call.potentials = potentials_at(workspace, pooled ? layer.unpooled : layer.potentials.offset) +
                      static_cast<std::size_t>(first) * row;
    layer.source->run(call);
    return 0;
  }
  layer.source->run(call);
  const LevelMap unpooled{layer.unpooled, width * channels, channels};
  return write_levels(layer, call.potentials, layer.map.width, workspace.bytes.data(),
                      pooled ? unpooled : layer.levels_out, first, last);
}

// Pools what run_band left in `unpooled`; returns the non-zero levels written.
std::size_t run_pooling(const LayerPlan& layer, Workspace& workspace) {
  if (layer.keep_potentials) {
    pool_potentials(layer.pooling, layer.map, layer.windows,
                    potentials_at(workspace, layer.unpooled), layer.potentials.stride, 0,
                    layer.output.height, potentials_at(workspace, layer.potentials.offset));
    return 0;
  }
  return max_pool_levels(layer.map, layer.windows, workspace.bytes.data() + layer.unpooled, 0,
                         layer.output.height, workspace.bytes.data() + layer.levels_out.offset,
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
  const std::int32_t band = std::min(layer.band, (height + threads - 1) / threads);
  std::uint64_t nonzeros = 0;
  if (threads == 1) {
    for (std::int32_t y = 0; y < height; y += band) {
      nonzeros += run_band(layer, workspace, inputs, y, std::min(y + band, height), scratch_[0]);
    }
  } else {
    std::atomic<std::uint64_t> sum = 0;
    const auto bands = static_cast<std::size_t>((height + band - 1) / band);
    parallel_for(bands, threads, [&](std::size_t index, int worker) {
      const std::int32_t y = static_cast<std::int32_t>(index) * band;
      sum += run_band(layer, workspace, inputs, y, std::min(y + band, height),
                      scratch_[static_cast<std::size_t>(worker)]);
    });
    nonzeros = sum;
  }
  if (layer.pooling != snn::PoolingType::kNoPooling) nonzeros = run_pooling(layer, workspace);
  return nonzeros;
}

void Executor::run_layer(std::size_t index, Workspace& workspace) const {
  const LayerPlan& layer = plan_.layers[index];
  std::uint64_t nonzeros = layer.kind == LayerKind::kWeights ? run_weights(layer, workspace)
                                                             : input_nonzeros(layer, workspace);
  if (layer.keep_potentials && layer.has_levels) {
    nonzeros =
        write_levels(layer, potentials_at(workspace, layer.potentials.offset), layer.output.width,
                     workspace.bytes.data(), layer.levels_out, 0, layer.output.height);
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
