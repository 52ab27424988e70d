#include "snn/bounds.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "snn/geometry.h"

namespace akida::snn {
namespace {

// Adds one row of weights to the sums of negative and of positive weights.
void add_row(const std::int8_t* weights, std::size_t neurons, std::int16_t* __restrict low,
             std::int16_t* __restrict high) {
  for (std::size_t n = 0; n < neurons; ++n) {
    const std::int16_t value = weights[n];
    const std::int16_t negative = value < 0 ? value : std::int16_t{0};
    low[n] = static_cast<std::int16_t>(low[n] + negative);
    high[n] = static_cast<std::int16_t>(high[n] + value - negative);
  }
}

// Sums of every neuron's negative and positive weights, over a tensor [.., neurons].
std::vector<Range> weight_sums(const Dense& weights, std::size_t neurons) {
  constexpr std::size_t kRows = 256;  // whose sums fit 16 bits: narrow, so that loops vectorise
  const auto values = weights.data<std::int8_t>();
  const std::size_t rows = values.size() / neurons;
  std::vector<Range> sums(neurons);
  std::vector<std::int16_t> low(neurons), high(neurons);
  for (std::size_t first = 0; first < rows; first += kRows) {
    std::fill(low.begin(), low.end(), std::int16_t{0});
    std::fill(high.begin(), high.end(), std::int16_t{0});
    for (std::size_t row = first; row < std::min(first + kRows, rows); ++row) {
      add_row(values.data() + row * neurons, neurons, low.data(), high.data());
    }
    for (std::size_t n = 0; n < neurons; ++n) {
      sums[n].low += low[n];
      sums[n].high += high[n];
    }
  }
  return sums;
}

// Sums over a weight tensor [.., neurons] of weight * input, all inputs in [0, max].
std::vector<Range> weighted_ranges(const Dense& weights, std::size_t neurons, std::int64_t max) {
  std::vector<Range> ranges = weight_sums(weights, neurons);
  for (Range& range : ranges) range = {range.low * max, range.high * max};
  return ranges;
}

// The same for [1, 1, channels, neurons], every channel in a range of its own around 0.
std::vector<Range> weighted_ranges(const Dense& weights, std::size_t neurons,
                                   const std::vector<Range>& channels) {
  std::vector<Range> sums(neurons);
  const std::int8_t* weight = weights.data<std::int8_t>().data();
  for (const Range& channel : channels) {
    for (std::size_t n = 0; n < neurons; ++n) {
      const std::int64_t positive = std::max<std::int64_t>(weight[n], 0);
      const std::int64_t negative = weight[n] - positive;
      sums[n].low += positive * channel.low + negative * channel.high;
      sums[n].high += positive * channel.high + negative * channel.low;
    }
    weight += neurons;
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

// Of the layer behind those whose ranges are `before`.
std::vector<Range> layer_ranges(const Layer& layer, const std::vector<std::vector<Range>>& before) {
  const auto neurons = static_cast<std::size_t>(num_neurons(layer));
  std::vector<Range> ranges;
  switch (layer.type()) {
    case LayerType::kInputData:
      return {};
    case LayerType::kConcat:
      if (layer.input_max > 0) return {};
      for (std::uint32_t inbound : layer.inbounds) {
        ranges.insert(ranges.end(), before[inbound].begin(), before[inbound].end());
      }
      return ranges;
    case LayerType::kSeparableConvolutional:
      ranges = weighted_ranges(layer.variables.weights_pw, neurons, depthwise_ranges(layer));
      break;
    default:
      ranges = weighted_ranges(layer.variables.weights, neurons, layer.input_max);
  }
  const std::int64_t cells = summed_cells(layer);
  for (Range& range : ranges) range = {range.low * cells, range.high * cells};
  return ranges;
}

}  // namespace

std::vector<Range> depthwise_ranges(const Layer& layer) {
  const auto channels = static_cast<std::size_t>(layer.input_shape.channels);
  return weighted_ranges(layer.variables.weights, channels, layer.input_max);
}

std::vector<std::vector<Range>> potential_ranges(const Model& model) {
  std::vector<std::vector<Range>> ranges;
  for (const Layer& layer : model.layers()) ranges.push_back(layer_ranges(layer, ranges));
  return ranges;
}

std::vector<std::vector<Range>> int32_potential_ranges(const Model& model) {
  std::vector<std::vector<Range>> ranges;
  for (const Layer& layer : model.layers()) {
    if (layer.type() == LayerType::kSeparableConvolutional) {
      require_int32(layer, "channel", depthwise_ranges(layer));
    }
    ranges.push_back(layer_ranges(layer, ranges));
    require_int32(layer, "neuron", ranges.back());
  }
  return ranges;
}

}  // namespace akida::snn
