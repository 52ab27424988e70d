#include "lower/lowered_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cnn/layer_quantizers.h"
#include "lower/block_findings.h"
#include "lower/block_levels.h"
#include "lower/block_structure.h"
#include "lower/block_weights.h"
#include "lower/block_windows.h"
#include "lower/compatibility.h"
#include "lower/input_scale.h"

namespace akida::lower {
namespace {

Operation operation_of(const cnn::Layer& layer) {
  switch (layer.type()) {
    case cnn::LayerType::kSeparableConv2D:
    case cnn::LayerType::kDepthwiseConv2D:
      return Operation::kSeparable;
    case cnn::LayerType::kDense:
      return Operation::kDense;
    default:
      return Operation::kConvolution;
  }
}

cnn::Dims map_of(const cnn::Dims& dims) {
  return dims.size() == 1 ? cnn::Dims{1, 1, dims[0]} : dims;
}

void fill_pooling(const cnn::Layer& layer, Block& block) {
  const WindowShape windows = pooling_windows(layer);
  block.pooling = is_max_pooling(layer.type()) ? PoolingKind::kMax : PoolingKind::kAverage;
  block.global_pooling = layer.output_shape.size() == 1;
  block.pool_size = windows.size;
  block.pool_strides = windows.strides;
  block.output = map_of(layer.output_shape);
}

// A block with everything but its numbers.
Block outline(const cnn::Network& network, const BlockLayers& layers) {
  const cnn::Layer& neural = network.layer(layers.neural);
  const WindowShape windows = neural_windows(neural, layers.input);
  Block block;
  block.name = neural.name;
  block.layers = {layers.neural};
  for (const auto& index :
       {layers.pointwise, layers.pooling, layers.batchnorm, layers.activation}) {
    if (index) block.layers.push_back(*index);
  }
  std::sort(block.layers.begin(), block.layers.end());
  block.operation = operation_of(neural);
  block.input = layers.input;
  block.map = map_of(network.layer(layers.filters()).output_shape);
  block.output = block.map;
  block.kernel_size = windows.size;
  block.strides = windows.strides;
  block.padding = *common_padding(network, layers);
  if (layers.pooling) fill_pooling(network.layer(*layers.pooling), block);
  return block;
}

// The value of the first layer's padded cells, which stand for x = 0; a warning where it does not.
std::int32_t padding_value(const LoweredNetwork& lowered, const Block& first, bool documented,
                           std::vector<Finding>& findings) {
  const double zero = lowered.scaling_b;
  const double rounded = documented ? std::trunc(zero) : std::nearbyint(zero);
  const double value = std::clamp(rounded, 0.0, 255.0);
  const bool pads =
      !windows_stay_inside(first.input, {first.kernel_size, first.strides, first.padding});
  if (pads && value != zero) {
    findings.push_back(
        {false, first.name,
         fmt::format("padded cells are {} where the input scaling ({}, {}) puts 0 at "
                     "{}: the quantized model is evaluated with {}, too",
                     value, lowered.scaling_a, zero, zero, value)});
  }
  return static_cast<std::int32_t>(value);
}

bool is_float(const cnn::Network& network) {
  return std::none_of(network.layers().begin(), network.layers().end(), cnn::is_quantized);
}

std::vector<Incompatibility> all_faults(const cnn::Network& network, const Structure& structure,
                                        InputKind input, bool as_float) {
  std::vector<Incompatibility> faults = structure.faults;
  if (network.empty()) return faults;
  const auto more = value_faults(network, structure, input, as_float);
  faults.insert(faults.end(), more.begin(), more.end());
  const auto position = [&](const Incompatibility& fault) { return network.find(fault.layer); };
  std::stable_sort(faults.begin(), faults.end(),
                   [&](const auto& a, const auto& b) { return position(a) < position(b); });
  return faults;
}

}  // namespace

std::vector<Incompatibility> incompatibilities(const cnn::Network& network,
                                               std::optional<InputKind> input) {
  if (network.empty()) return split_into_blocks(network).faults;
  return all_faults(network, split_into_blocks(network), input_kind(network, input),
                    is_float(network));
}

LoweredNetwork lower(const cnn::Network& network, const Options& options) {
  const Structure structure = split_into_blocks(network);
  LoweredNetwork lowered;
  if (!network.empty()) lowered.input = input_kind(network, options.input);
  const std::vector<Incompatibility> faults = all_faults(network, structure, lowered.input, false);
  if (!faults.empty()) {
    fail(ErrorKind::kInvalid, "layer '{}': {}", faults.front().layer, faults.front().reason);
  }
  InputScale scale = sample_scale(network, structure);
  lowered.input_bits = lowered.input == InputKind::kImage ? kImageBits : kEventBits;
  lowered.scaling_a = scale.divisor / scale.unit;
  lowered.scaling_b = scale.shift == 0 ? 0 : scale.shift / scale.unit;
  lowered.trailing = structure.trailing;
  std::int32_t input_max = (1 << lowered.input_bits) - 1;
  for (const BlockLayers& layers : structure.blocks) {
    Block block = outline(network, layers);
    block.input_max = input_max;
    if (lowered.blocks.empty()) {
      block.padding_value = padding_value(lowered, block, options.documented, lowered.findings);
    }
    const std::vector<double> scales = quantize_block(network, layers, block);
    fill_levels(network, layers, scale, scales, options.documented, block);
    append_findings(block, lowered.findings);
    scale = {.unit = block.level_value};
    input_max = (1 << block.activation_bits) - 1;
    lowered.blocks.push_back(std::move(block));
  }
  for (const std::size_t index : lowered.trailing) {
    if (network.layer(index).type() == cnn::LayerType::kReshape) continue;  // changes no value
    lowered.findings.push_back({false, network.layer(index).name,
                                "not part of the SNN, whose outputs are the potentials before it"});
  }
  return lowered;
}

}  // namespace akida::lower
