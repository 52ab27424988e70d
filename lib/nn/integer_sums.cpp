#include "nn/integer_sums.h"

#include <algorithm>

#include "cnn/shapes.h"
#include "nn/window_geometry.h"

namespace akida::nn {
namespace {

using lower::Operation;

WindowGeometry own_windows(const lower::Block& block) {
  cnn::Dims output = block.map;
  if (block.operation == Operation::kSeparable) output[2] = block.input[2];
  return sliding_window(block.input, output, block.kernel_size, block.strides, block.padding);
}

std::size_t size_of(const cnn::Dims& dims) {
  return static_cast<std::size_t>(cnn::element_count(dims));
}

ShardedSum first_sum(const lower::Block& block, const BlockWindows& windows) {
  const auto make = [](WeightedSumKind kind, const WindowGeometry& geometry) {
    return ShardedSum(kind, geometry, false, false, false);
  };
  switch (block.operation) {
    case Operation::kDense:
      return make(WeightedSumKind::kDense,
                  dense_rows(1, static_cast<std::int32_t>(windows.input_size), block.map[2]));
    case Operation::kSeparable:
      return make(WeightedSumKind::kDepthwise, windows.neural);
    default:
      return make(WeightedSumKind::kConvolution, windows.neural);
  }
}

// Calls visit(output cell, input cell, kernel cell) for every cell of every window inside the map.
template <typename Visit>
void visit_windows(const WindowGeometry& g, std::size_t samples, const Visit& visit) {
  const auto in_cells = static_cast<std::size_t>(g.input[0]) * static_cast<std::size_t>(g.input[1]);
  std::size_t output = 0;
  for (std::size_t sample = 0; sample < samples; ++sample) {
    for (std::int32_t y = 0; y < g.output[0]; ++y) {
      for (std::int32_t x = 0; x < g.output[1]; ++x, ++output) {
        for (std::int32_t i = 0; i < g.window.height; ++i) {
          const std::int32_t row = y * g.strides.height - g.before.height + i;
          if (row < 0 || row >= g.input[0]) continue;
          for (std::int32_t j = 0; j < g.window.width; ++j) {
            const std::int32_t column = x * g.strides.width - g.before.width + j;
            if (column < 0 || column >= g.input[1]) continue;
            visit(output, sample * in_cells + static_cast<std::size_t>(row * g.input[1] + column),
                  static_cast<std::size_t>(i * g.window.width + j));
          }
        }
      }
    }
  }
}

// to[f] += from[c] * codes[c][f].
void add_products(const std::int64_t* from, std::size_t channels, const std::int8_t* codes,
                  std::size_t filters, std::int64_t* to) {
  for (std::size_t c = 0; c < channels; ++c) {
    if (from[c] == 0) continue;
    for (std::size_t f = 0; f < filters; ++f) to[f] += from[c] * codes[c * filters + f];
  }
}

}  // namespace

BlockWindows::BlockWindows(const lower::Block& block)
    : own(own_windows(block)),
      neural(block.padding_value == 0 ? own : with_padded_input(own)),
      pointwise(pointwise_window(block.input[2], block.map)),
      input_size(size_of(neural.input)),
      between_size(block.operation == Operation::kSeparable ? size_of(pointwise.input) : 0) {}

FloatSums::FloatSums(const lower::Block& block, const BlockWindows& windows)
    : codes_(block.codes.begin(), block.codes.end()),
      pointwise_codes_(block.pointwise_codes.begin(), block.pointwise_codes.end()),
      first_(first_sum(block, windows)) {
  if (block.operation != Operation::kSeparable) return;
  pointwise_.emplace(WeightedSumKind::kConvolution, windows.pointwise, false, false, false);
}

void FloatSums::start(const Pass& pass, Scratch& scratch) {
  first_.start(pass, codes_.data(), scratch);
  if (pointwise_) pointwise_->start(pass, pointwise_codes_.data(), scratch);
}

void FloatSums::run(const Shard& shard, const float* input, float* between, float* sums,
                    Scratch& scratch) const {
  first_.of(shard).forward(input, nullptr, pointwise_ ? between : sums, scratch);
  if (pointwise_) pointwise_->of(shard).forward(between, nullptr, sums, scratch);
}

void WideSums::run(const Shard& shard, const std::int64_t* input, std::int64_t* between,
                   std::int64_t* sums, Scratch& /*scratch*/) const {
  const auto channels = static_cast<std::size_t>(block_.input[2]);
  const auto filters = block_.filters();
  const std::size_t cells = shard.samples * size_of(block_.map) / filters;
  std::fill_n(sums, cells * filters, 0);
  if (block_.operation != Operation::kSeparable) {
    visit_windows(windows_.neural, shard.samples,
                  [&](std::size_t output, std::size_t source, std::size_t cell) {
                    add_products(input + source * channels, channels,
                                 &block_.codes[cell * channels * filters], filters,
                                 sums + output * filters);
                  });
    return;
  }
  std::fill_n(between, cells * channels, 0);
  visit_windows(windows_.neural, shard.samples,
                [&](std::size_t output, std::size_t source, std::size_t cell) {
                  for (std::size_t c = 0; c < channels; ++c) {
                    between[output * channels + c] +=
                        input[source * channels + c] * block_.codes[cell * channels + c];
                  }
                });
  for (std::size_t i = 0; i < cells; ++i) {
    add_products(between + i * channels, channels, block_.pointwise_codes.data(), filters,
                 sums + i * filters);
  }
}

}  // namespace akida::nn
