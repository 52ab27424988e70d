// Ranges of quantized activations from data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "nn/sample_set.h"

namespace akida::quant {

// How often an activation's outputs fall where: 4096 equal bins from 0 to a power of two that
// grows with the largest value. Outputs that are not above 0 are left out: every range keeps them.
class RangeHistogram {
 public:
  void add(std::span<const float> outputs);

  [[nodiscard]] float largest() const { return largest_; }  // 0 without any output above 0

  // The maximum, a multiple of largest() / 256, with the least squared error of
  // step * clip(round(x / step), 0, levels), where step = maximum / levels, over the values in the
  // middle of their bins; 1 where nothing was above 0.
  [[nodiscard]] float least_error_maximum(std::int32_t bits) const;

 private:
  static constexpr std::size_t kBins = 4096;

  void grow(float value);
  [[nodiscard]] double squared_error(double maximum, std::int32_t levels) const;

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(kBins);
  double top_ = 0;  // end of the last bin
  float largest_ = 0;
};

// A histogram of the outputs of every activation of `original` whose range in `quantized`, the same
// network quantized (further), should follow from data: of ReLUs, and of quantized activations that
// lose bits. By the layer's name.
[[nodiscard]] std::map<std::string, RangeHistogram> activation_ranges(const cnn::Network& original,
                                                                      const cnn::Network& quantized,
                                                                      const nn::SampleSet& samples,
                                                                      int jobs);

// Gives each QuantizedReLU of `network` that has a histogram the maximum of least error for its
// bits: as max_value, or, where it is trained, as first step and threshold, which keeps what was
// learned beyond half a step. Throws kInvalid for an
// ActivationDiscreteRelu, whose range is fixed.
void set_activation_ranges(cnn::Network& network,
                           const std::map<std::string, RangeHistogram>& ranges);

}  // namespace akida::quant
