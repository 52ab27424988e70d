#include "engine/capture.h"

#include <cstring>

namespace akida::engine {
namespace {

void capture_levels(const LayerPlan& layer, const Workspace& workspace, std::uint8_t* to) {
  const auto channels = static_cast<std::size_t>(layer.output.channels);
  const LevelMap& map = layer.levels_out;
  for (std::size_t y = 0; y < static_cast<std::size_t>(layer.output.height); ++y) {
    const std::uint8_t* pixel = workspace.bytes.data() + map.offset + y * map.row_stride;
    for (std::int32_t x = 0; x < layer.output.width; ++x) {
      std::memcpy(to, pixel, channels);
      to += channels;
      pixel += map.pixel_stride;
    }
  }
}

// Potentials are 0 where there are levels and the level is 0.
void capture_potentials(const LayerPlan& layer, const Workspace& workspace, std::int32_t* to) {
  const auto channels = static_cast<std::size_t>(layer.output.channels);
  const std::int32_t* potentials = potentials_at(workspace, layer.potentials.offset);
  for (std::size_t y = 0; y < static_cast<std::size_t>(layer.output.height); ++y) {
    const std::uint8_t* levels =
        workspace.bytes.data() + layer.levels_out.offset + y * layer.levels_out.row_stride;
    for (std::int32_t x = 0; x < layer.output.width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        to[c] = layer.has_levels && levels[c] == 0 ? 0 : potentials[c];
      }
      to += channels;
      potentials += layer.potentials.stride;
      levels += layer.levels_out.pixel_stride;
    }
  }
}

}  // namespace

void capture_values(const NetworkPlan& plan, const Workspace& workspace,
                    std::span<const Capture> captures, std::size_t sample) {
  for (const Capture& capture : captures) {
    const LayerPlan& layer = plan.layers[capture.layer];
    const std::size_t place = sample * static_cast<std::size_t>(layer.output.size());
    if (capture.potentials) {
      capture_potentials(layer, workspace, capture.target->data<std::int32_t>().data() + place);
    } else {
      capture_levels(layer, workspace, capture.target->data<std::uint8_t>().data() + place);
    }
  }
}

}  // namespace akida::engine
