#include "lower/block_weights.h"

#include <algorithm>

#include "cnn/layer_quantizers.h"

namespace akida::lower {
namespace {

std::vector<std::int8_t> codes_of(const cnn::Layer& layer, const cnn::KernelQuantizer& quantizer,
                                  const std::vector<float>& scales) {
  const auto weights = cnn::kernel_weights(layer, quantizer);
  std::vector<std::int8_t> codes(weights.size());
  cnn::weight_codes(quantizer.quantizer.bits, weights, scales, codes);
  return codes;
}

// One scale per filter, times `factor`.
std::vector<double> per_filter(const std::vector<float>& scales, std::size_t filters,
                               double factor = 1) {
  std::vector<double> result(filters);
  for (std::size_t i = 0; i < filters; ++i) result[i] = factor * scales[i % scales.size()];
  return result;
}

// The range of a sum of code * input with each input row's range in `inputs`, [rows][columns].
// `inputs` has one entry per row, or one for all rows.
std::vector<snn::Range> ranges_of(const std::vector<std::int8_t>& codes, std::size_t columns,
                                  const std::vector<snn::Range>& inputs) {
  std::vector<snn::Range> sums(columns);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const snn::Range& input = inputs[inputs.size() == 1 ? 0 : i / columns];
    const std::int64_t code = codes[i];
    sums[i % columns].low += code * (code < 0 ? input.high : input.low);
    sums[i % columns].high += code * (code < 0 ? input.low : input.high);
  }
  return sums;
}

}  // namespace

std::vector<double> quantize_block(const cnn::Network& network, const BlockLayers& layers,
                                   Block& block) {
  const cnn::Layer& neural = network.layer(layers.neural);
  const cnn::Layer& last = network.layer(layers.filters());
  const auto filters = static_cast<std::size_t>(last.output_shape.back());
  const cnn::KernelQuantizer first = cnn::kernel_quantizers(neural).front();
  const std::vector<float> first_scales = cnn::scale_factors(neural, first);
  block.weights_bits = first.quantizer.bits;
  block.codes = codes_of(neural, first, first_scales);
  if (block.operation != Operation::kSeparable) return per_filter(first_scales, filters);

  const cnn::KernelQuantizer second = cnn::kernel_quantizers(last).back();
  const std::vector<float> second_scales = cnn::scale_factors(last, second);
  block.pointwise_codes = codes_of(last, second, second_scales);
  return per_filter(second_scales, filters, first_scales.front());
}

std::vector<std::int64_t> code_sums(const Block& block, std::size_t filters) {
  std::vector<std::int64_t> sums(filters);
  for (std::size_t i = 0; i < block.codes.size(); ++i) sums[i % filters] += block.codes[i];
  return sums;
}

void flip_filter(Block& block, std::size_t filter, std::size_t filters) {
  auto& codes = block.operation == Operation::kSeparable ? block.pointwise_codes : block.codes;
  for (std::size_t i = filter; i < codes.size(); i += filters) {
    codes[i] = static_cast<std::int8_t>(-codes[i]);
  }
}

std::int64_t summed_cells(const Block& block) {
  if (block.pooling != PoolingKind::kAverage) return 1;
  return std::int64_t{block.pool_size.height} * block.pool_size.width;
}

void bound_potentials(Block& block, std::size_t filters) {
  const std::vector<snn::Range> inputs = {{0, block.input_max}};
  if (block.operation == Operation::kSeparable) {
    block.channel_sums = ranges_of(block.codes, static_cast<std::size_t>(block.input[2]), inputs);
    block.potentials = ranges_of(block.pointwise_codes, filters, block.channel_sums);
  } else {
    block.potentials = ranges_of(block.codes, filters, inputs);
  }
  const std::int64_t cells = summed_cells(block);
  const std::int64_t limit = (std::int64_t{1} << 62) / cells;  // far outside int32, as is the sum
  for (snn::Range& range : block.potentials) {
    range = {std::max(range.low, -limit) * cells, std::min(range.high, limit) * cells};
  }
}

}  // namespace akida::lower
