#include "engine/network_plan.h"

#include <algorithm>

#include "base/error.h"
#include "kernels/conv_tile.h"
#include "snn/bounds.h"

namespace akida::engine {
namespace {

// Potentials that one call of a source computes: what stays in the L1 cache until it becomes
// levels, but enough pixels to make reading the weights worth while.
constexpr std::int64_t kBandBytes = 32 * 1024;
constexpr std::int64_t kBandPixels = 16;

// Multiplications that are worth a thread of their own.
constexpr std::uint64_t kThreadCost = 4'000'000;

std::int32_t band_rows(const Shape& map) {
  const std::int64_t row_bytes = std::int64_t{map.width} * padded_channels(map.channels) * 4;
  const std::int64_t rows =
      std::max(kBandBytes / row_bytes, (kBandPixels + map.width - 1) / map.width);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(rows, 1, map.height));
}

kernels::LevelsPlan make_levels(const snn::Layer& layer, std::span<const snn::Range> ranges) {
  const std::int32_t bits = snn::activation_of(layer)->threshold_fire_bits;
  const snn::Variables& variables = layer.variables;
  return kernels::make_levels_plan(
      bits,
      kernels::activation_boundaries(bits, variables.threshold_fire, variables.threshold_fire_step),
      ranges);
}

void plan_weights(LayerPlan& plan, const snn::Layer& layer) {
  plan.kind = LayerKind::kWeights;
  plan.source = make_source(layer);
  const std::int64_t weights = layer.variables.weights.size() + layer.variables.weights_pw.size();
  if (const snn::Convolution* convolution = snn::convolution_of(layer)) {
    plan.map = snn::convolution_output(layer.input_shape, *convolution, snn::num_neurons(layer));
    plan.pooling = snn::pooling_of(layer)->type;
    plan.windows = snn::resolve_pooling(plan.map, *snn::pooling_of(layer), convolution->mode);
  }
  plan.padded = input_geometry(layer);
  if (const auto* image = std::get_if<snn::InputConvolutional>(&layer.parameters)) {
    plan.padding_value = static_cast<std::uint8_t>(image->padding_value);
  }
  plan.band = band_rows(plan.map);
  plan.row_cost = static_cast<std::uint64_t>(plan.map.width) * static_cast<std::uint64_t>(weights);
}

// `ranges` are those of the layer's potentials.
LayerPlan plan_layer(const snn::Layer& layer, std::span<const snn::Range> ranges) {
  LayerPlan plan{.inbounds = layer.inbounds,
                 .input = layer.input_shape,
                 .map = layer.output_shape,
                 .output = layer.output_shape,
                 .has_levels = !snn::outputs_potentials(layer)};
  const bool joined_levels = layer.type() == snn::LayerType::kConcat && layer.input_max > 0;
  if (layer.type() == snn::LayerType::kInputData) {
    plan.kind = LayerKind::kInput;
  } else if (joined_levels) {
    plan.kind = LayerKind::kJoinedLevels;
  } else {
    plan.has_potentials = true;
    if (layer.type() == snn::LayerType::kConcat) {
      plan.kind = LayerKind::kJoinedPotentials;
    } else {
      plan_weights(plan, layer);
    }
    if (plan.has_levels) {
      plan.levels = make_levels(layer, ranges);
      plan.to_levels = kernels::levels_kernel();
    }
  }
  return plan;
}

// Places in a map are counted in 32 bits, with padding and across the ends of lines.
void require_room(const LayerPlan& plan) {
  constexpr std::int64_t kMaxValues = std::int64_t{1} << 30;
  for (const Shape& shape : {plan.input, plan.map, plan.output}) {
    if (shape.size() <= kMaxValues) continue;
    fail(ErrorKind::kInvalid, "a map of {} has {} values, limit {}", to_string(shape), shape.size(),
         kMaxValues);
  }
}

// Hands out aligned places, each followed by bytes that kernels may read.
class Places {
 public:
  std::size_t take(std::size_t bytes) {
    const std::size_t place = end_;
    end_ += (bytes + kernels::kConvTileSlack + kernels::kCacheLine - 1) / kernels::kCacheLine *
            kernels::kCacheLine;
    return place;
  }
  [[nodiscard]] std::size_t end() const { return end_; }

 private:
  std::size_t end_ = 0;
};

std::size_t take_potentials(Places& places, const Shape& map) {
  return places.take(static_cast<std::size_t>(std::int64_t{map.width} * map.height *
                                              padded_channels(map.channels)) *
                         sizeof(std::int32_t) +
                     kPotentialSlack);
}

// The input of a layer with weights, inside its ring of padding.
void place_input(LayerPlan& plan, Places& places, std::vector<Fill>& fills) {
  const InputGeometry& padded = plan.padded;
  const auto channels = static_cast<std::size_t>(plan.input.channels);
  const std::size_t row = static_cast<std::size_t>(padded.width) * channels;
  const std::size_t bytes = row * static_cast<std::size_t>(padded.height);
  plan.padded_input = places.take(bytes);
  plan.levels_in = {.offset = plan.padded_input + static_cast<std::size_t>(padded.pad_top) * row +
                              static_cast<std::size_t>(padded.pad_left) * channels,
                    .row_stride = row,
                    .pixel_stride = channels};
  if (plan.padding_value != 0) fills.push_back({plan.padded_input, bytes, plan.padding_value});
}

// A layer that reads channels [channel, ..) of its input from another.
struct Consumer {
  std::size_t layer = 0;
  std::size_t channel = 0;
};

std::vector<std::vector<Consumer>> find_consumers(const NetworkPlan& plan) {
  std::vector<std::vector<Consumer>> consumers(plan.layers.size());
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    std::size_t channel = 0;
    for (std::uint32_t inbound : plan.layers[i].inbounds) {
      consumers[inbound].push_back({i, channel});
      channel += static_cast<std::size_t>(plan.layers[inbound].output.channels);
    }
  }
  return consumers;
}

// Where the levels go: into the input of the first consumer, copied from there to the others.
void place_levels(NetworkPlan& plan, LayerPlan& layer, const std::vector<Consumer>& consumers,
                  Places& places) {
  std::vector<LevelMap> targets;
  for (const Consumer& consumer : consumers) {
    const LayerPlan& reader = plan.layers[consumer.layer];
    LevelMap target =
        reader.kind == LayerKind::kJoinedLevels ? reader.levels_out : reader.levels_in;
    target.offset += consumer.channel;
    targets.push_back(target);
  }
  if (targets.empty()) {
    const auto channels = static_cast<std::size_t>(layer.output.channels);
    targets.push_back({.offset = places.take(static_cast<std::size_t>(layer.output.size())),
                       .row_stride = static_cast<std::size_t>(layer.output.width) * channels,
                       .pixel_stride = channels});
  }
  layer.levels_out = targets.front();
  layer.level_copies.assign(targets.begin() + 1, targets.end());
}

void place_potentials(NetworkPlan& plan, LayerPlan& layer, const std::vector<Consumer>& consumers,
                      Places& places) {
  layer.potentials = {};
  layer.potential_copies.clear();
  if (layer.pooling != snn::PoolingType::kNoPooling) {
    layer.unpooled = layer.keep_potentials
                         ? take_potentials(places, layer.map)
                         : places.take(static_cast<std::size_t>(layer.map.size()));
  }
  if (!layer.keep_potentials) return;
  layer.potentials = {.offset = take_potentials(places, layer.output),
                      .stride = static_cast<std::size_t>(padded_channels(layer.output.channels))};
  if (layer.has_levels) return;
  for (const Consumer& consumer : consumers) {
    PotentialMap target = plan.layers[consumer.layer].potentials;
    target.offset += consumer.channel * sizeof(std::int32_t);
    layer.potential_copies.push_back(target);
  }
}

// One band of potentials, then the source's own memory; returns the bytes of both.
std::size_t place_scratch(LayerPlan& layer) {
  Places places;
  take_potentials(places, {layer.map.width, layer.band, layer.map.channels});
  layer.source_scratch = places.take(layer.source->scratch_bytes(layer.band));
  return places.end();
}

}  // namespace

NetworkPlan make_network_plan(const snn::Model& model) {
  if (model.empty()) fail(ErrorKind::kInvalid, "the model has no layers");
  const std::vector<std::vector<snn::Range>> ranges = snn::int32_potential_ranges(model);
  NetworkPlan plan;
  for (std::size_t i = 0; i < model.layers().size(); ++i) {
    in_context(fmt::format("layer '{}'", model.layer(i).name), [&] {
      plan.layers.push_back(plan_layer(model.layer(i), ranges[i]));
      require_room(plan.layers.back());
    });
  }
  return plan;
}

void place_maps(NetworkPlan& plan, const std::vector<bool>& keep_potentials) {
  Places places;
  plan.fills.clear();
  plan.scratch_bytes = 0;
  const std::vector<std::vector<Consumer>> consumers = find_consumers(plan);
  for (std::size_t i = plan.layers.size(); i-- > 0;) {
    LayerPlan& layer = plan.layers[i];
    layer.keep_potentials = layer.has_potentials && (keep_potentials[i] || !layer.has_levels ||
                                                     layer.kind == LayerKind::kJoinedPotentials ||
                                                     layer.pooling == snn::PoolingType::kAverage);
    if (layer.kind == LayerKind::kWeights) place_input(layer, places, plan.fills);
    if (layer.has_levels) place_levels(plan, layer, consumers[i], places);
    place_potentials(plan, layer, consumers[i], places);
    if (layer.kind == LayerKind::kWeights) {
      plan.scratch_bytes = std::max(plan.scratch_bytes, place_scratch(layer));
    }
  }
  plan.workspace_bytes = places.end();
}

std::size_t useful_threads(const LayerPlan& layer) {
  const std::uint64_t cost = layer.row_cost * static_cast<std::uint64_t>(layer.map.height);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(
      cost / kThreadCost, 1, static_cast<std::uint64_t>(layer.map.height)));
}

std::size_t useful_threads(const NetworkPlan& plan) {
  std::size_t threads = 1;
  for (const LayerPlan& layer : plan.layers) threads = std::max(threads, useful_threads(layer));
  return threads;
}

}  // namespace akida::engine
