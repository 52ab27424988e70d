// Sparsity and work of every layer, counted while samples run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "snn/model.h"

namespace akida::engine {

// Sums over samples of exact counts, so neither the order of samples nor the number of threads
// changes them.
struct LayerStatistics {
  std::string name;
  std::uint64_t samples = 0;
  std::uint64_t input_size = 0;       // values of one sample's input
  std::uint64_t output_size = 0;      // values of one sample's output
  std::uint64_t input_nonzeros = 0;   // summed over the samples
  std::uint64_t output_nonzeros = 0;  // non-zero levels, or potentials where activations are off
  // Operations caused by one non-zero input: FullyConnected: neurons; Convolutional and
  // InputConvolutional: kernel area * neurons; SeparableConvolutional: kernel area * (1 +
  // neurons); others 0. Borders and strides are not corrected for (as in the published prints).
  std::uint64_t ops_per_input = 0;
  double row_sparsity = 0;  // share of kernel rows (along x) whose weights are all zero

  // Averages over the samples; 0 where there was none.
  [[nodiscard]] double input_sparsity() const;  // 1 - nonzeros / size
  [[nodiscard]] double output_sparsity() const;
  [[nodiscard]] double ops() const;  // per sample
  [[nodiscard]] std::uint64_t possible_spikes() const { return samples * output_size; }
};

// The statistics of every layer of `model` before any sample: names and sizes. Looks at no weights.
[[nodiscard]] std::vector<LayerStatistics> empty_statistics(const snn::Model& model);

// LayerStatistics::row_sparsity, from the layer's weights; 0 where it has none.
[[nodiscard]] double row_sparsity(const snn::Layer& layer);

}  // namespace akida::engine
