// Takes the mean error out of a quantized network's layers.
#pragma once

#include <string>
#include <vector>

#include "cnn/network.h"
#include "nn/sample_set.h"

namespace akida::quant {

// What a layer's bias was moved by: the mean magnitude over its filters.
struct BiasShift {
  std::string layer;
  double mean_magnitude = 0;
};

// `quantized`, a quantized form of `original` (layers of the same names), with corrected biases:
// one neural layer after the other, in order, its bias grows by the mean over samples and positions
// of original output - quantized output, both without pooling, normalization and activation, where
// the layers before are corrected already. Quantized layers without bias get one; depthwise ones,
// whose SNN has no place for it, are left out. Source: `bias_correction` of the documented toolkit.
// Reports the shifts to `shifts` where it is given. Throws kInvalid where there are no samples.
[[nodiscard]] cnn::Network correct_biases(const cnn::Network& original,
                                          const cnn::Network& quantized,
                                          const nn::SampleSet& samples, int jobs,
                                          std::vector<BiasShift>* shifts = nullptr);

}  // namespace akida::quant
