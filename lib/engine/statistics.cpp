#include "engine/statistics.h"

#include <algorithm>
#include <array>

#include "engine/nonzeros.h"

namespace akida::engine {
namespace {

double sparsity(std::uint64_t nonzeros, std::uint64_t samples, std::uint64_t size) {
  if (samples == 0 || size == 0) return 0;
  return 1.0 -
         static_cast<double>(nonzeros) / (static_cast<double>(samples) * static_cast<double>(size));
}

struct Rows {
  std::uint64_t zero = 0;
  std::uint64_t all = 0;
};

// Adds the rows along x of weights [width, height, channels, neurons]: cells of the planes of x
// that are zero in all of them.
void count_rows(const Dense& weights, Rows& rows) {
  if (weights.empty()) return;
  constexpr std::size_t kChunk = 1024;
  const auto* values = reinterpret_cast<const std::uint8_t*>(weights.data<std::int8_t>().data());
  const auto width = static_cast<std::size_t>(weights.dims()[0]);
  const std::size_t row_count = static_cast<std::size_t>(weights.size()) / width;
  std::array<std::uint8_t, kChunk> joined;
  for (std::size_t first = 0; first < row_count; first += kChunk) {
    const std::size_t count = std::min(kChunk, row_count - first);
    joined.fill(0);
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t* plane = values + x * row_count + first;
      for (std::size_t i = 0; i < count; ++i) joined[i] = joined[i] | plane[i];
    }
    rows.zero += count - count_nonzeros(joined.data(), count);
  }
  rows.all += row_count;
}

std::uint64_t ops_per_input(const snn::Layer& layer) {
  const auto neurons = static_cast<std::uint64_t>(snn::num_neurons(layer));
  if (layer.type() == snn::LayerType::kFullyConnected) return neurons;
  const snn::Convolution* convolution = snn::convolution_of(layer);
  if (convolution == nullptr) return 0;
  const auto area = static_cast<std::uint64_t>(convolution->kernel_width) *
                    static_cast<std::uint64_t>(convolution->kernel_height);
  return area * (layer.type() == snn::LayerType::kSeparableConvolutional ? 1 + neurons : neurons);
}

}  // namespace

double LayerStatistics::input_sparsity() const {
  return sparsity(input_nonzeros, samples, input_size);
}

double LayerStatistics::output_sparsity() const {
  return sparsity(output_nonzeros, samples, output_size);
}

double LayerStatistics::ops() const {
  if (samples == 0) return 0;
  return static_cast<double>(input_nonzeros) * static_cast<double>(ops_per_input) /
         static_cast<double>(samples);
}

std::vector<LayerStatistics> empty_statistics(const snn::Model& model) {
  std::vector<LayerStatistics> statistics;
  for (const snn::Layer& layer : model.layers()) {
    statistics.push_back({.name = layer.name,
                          .input_size = static_cast<std::uint64_t>(layer.input_shape.size()),
                          .output_size = static_cast<std::uint64_t>(layer.output_shape.size()),
                          .ops_per_input = ops_per_input(layer)});
  }
  return statistics;
}

double row_sparsity(const snn::Layer& layer) {
  Rows rows;
  count_rows(layer.variables.weights, rows);
  count_rows(layer.variables.weights_pw, rows);
  return rows.all == 0 ? 0 : static_cast<double>(rows.zero) / static_cast<double>(rows.all);
}

}  // namespace akida::engine
