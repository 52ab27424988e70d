#include "bench_layer.h"

#include <algorithm>

#include "base/random.h"
#include "kernels/conv_tile.h"

namespace akida::bench {

PaddedInput::PaddedInput(const PeerShape& shape, double zeros, int max_input) {
  size_out = (shape.size + shape.stride - 1) / shape.stride;
  const int reach = (size_out - 1) * shape.stride + shape.kernel;
  const int before = std::max(reach - shape.size, 0) / 2;
  width = std::max(reach, shape.size);
  cells.resize(static_cast<std::size_t>(width * width * shape.channels) + kernels::kConvTileSlack);
  Random random(2);
  for (int y = 0; y < shape.size; ++y) {
    for (int i = 0; i < shape.size * shape.channels; ++i) {
      const auto level = 1 + random.below(static_cast<std::uint32_t>(max_input));
      const int at = ((y + before) * width + before) * shape.channels + i;
      cells[static_cast<std::size_t>(at)] =
          static_cast<std::uint8_t>(random.uniform() < zeros ? 0 : level);
    }
  }
}

std::vector<std::int8_t> random_weights(std::size_t count, int max_weight) {
  Random random(3);
  std::vector<std::int8_t> weights(count);
  for (std::int8_t& weight : weights) {
    const auto uniform = random.below(static_cast<std::uint32_t>(2 * max_weight + 1));
    weight = static_cast<std::int8_t>(static_cast<int>(uniform) - max_weight);
  }
  return weights;
}

kernels::LevelsPlan random_levels(int neurons, std::int64_t reach) {
  Random random(4);
  std::vector<std::int32_t> thresholds;
  std::vector<float> steps;
  for (int i = 0; i < neurons; ++i) {
    thresholds.push_back(static_cast<std::int32_t>(random.below(100)));
    steps.push_back(static_cast<float>(20 + 50 * random.uniform()));
  }
  return kernels::make_levels_plan(
      4, kernels::activation_boundaries(4, thresholds, steps),
      std::vector<snn::Range>(static_cast<std::size_t>(neurons), {-reach, reach}));
}

}  // namespace akida::bench
