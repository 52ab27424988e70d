#include "snn/bounds.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "snn/geometry.h"

namespace akida::snn {
namespace {

// Sum over a weight tensor [.., neurons] of weight * input, input in [low, high] >= 0.
std::vector<Range> weighted_ranges(const Dense& weights, std::size_t neurons,
                                   const std::vector<Range>& inputs) {
  std::vector<Range> sums(neurons);
  const auto values = weights.data<std::int8_t>();
  for (std::size_t row = 0; row * neurons < values.size(); ++row) {
    const Range& input = inputs[row % inputs.size()];
    const std::int8_t* weight = values.data() + row * neurons;
    for (std::size_t n = 0; n < neurons; ++n) {
      const std::int64_t a = weight[n] * input.low, b = weight[n] * input.high;
      sums[n].low += std::min(a, b);
      sums[n].high += std::max(a, b);
    }
  }
  return sums;
}

// Cells of the layer's Average pooling window, 1 for other poolings.
std::int64_t summed_cells(const Layer& layer) {
  const Pooling* pooling = pooling_of(layer);
  if (pooling == nullptr || pooling->type != PoolingType::kAverage) return 1;
  const Shape map = convolution_output(layer.input_shape, *convolution_of(layer), 1);
  const ResolvedPooling resolved = resolve_pooling(map, *pooling, convolution_of(layer)->mode);
  return std::int64_t{std::min(resolved.width, map.width)} * std::min(resolved.height, map.height);
}

void require_int32(const Layer& layer, const char* what, const std::vector<Range>& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].low < std::numeric_limits<std::int32_t>::min() ||
        ranges[i].high > std::numeric_limits<std::int32_t>::max()) {
      fail(ErrorKind::kInvalid, "layer '{}': {} {} can reach {}..{}, outside int32", layer.name,
           what, i, ranges[i].low, ranges[i].high);
    }
  }
}

}  // namespace

std::vector<Range> depthwise_ranges(const Layer& layer) {
  const auto channels = static_cast<std::size_t>(layer.input_shape.channels);
  return weighted_ranges(layer.variables.weights, channels, {{0, layer.input_max}});
}

std::vector<Range> potential_ranges(const Model& model, std::size_t index) {
  const Layer& layer = model.layer(index);
  const auto neurons = static_cast<std::size_t>(num_neurons(layer));
  std::vector<Range> ranges;
  switch (layer.type()) {
    case LayerType::kInputData:
      return {};
    case LayerType::kConcat:
      if (layer.input_max > 0) return {};
      for (std::uint32_t inbound : layer.inbounds) {
        const std::vector<Range> part = potential_ranges(model, inbound);
        ranges.insert(ranges.end(), part.begin(), part.end());
      }
      return ranges;
    case LayerType::kSeparableConvolutional:
      ranges = weighted_ranges(layer.variables.weights_pw, neurons, depthwise_ranges(layer));
      break;
    default:
      ranges = weighted_ranges(layer.variables.weights, neurons, {{0, layer.input_max}});
  }
  const std::int64_t cells = summed_cells(layer);
  for (Range& range : ranges) range = {range.low * cells, range.high * cells};
  return ranges;
}

void require_int32_potentials(const Model& model) {
  for (std::size_t i = 0; i < model.layers().size(); ++i) {
    const Layer& layer = model.layer(i);
    if (layer.type() == LayerType::kSeparableConvolutional) {
      require_int32(layer, "channel", depthwise_ranges(layer));
    }
    require_int32(layer, "neuron", potential_ranges(model, i));
  }
}

}  // namespace akida::snn
