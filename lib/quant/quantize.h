// Quantizes a network, or changes the bits of a quantized one.
//
// Source: `quantize` and `quantize_layer` of the documented CNN2SNN toolkit. Neural layers keep
// their float weights and get quantizers; ReLUs become quantized activations of the same name;
// other layers, names, regularizers and variables stay. A layer that is quantized already keeps
// the class of its quantizers unless another is asked for, and its learned values: a threshold as
// it is; limits that were searched or learned are searched again where the bits change.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cnn/network.h"

namespace akida::quant {

// Where the limits of weights come from. Depthwise kernels have one limit whatever the range.
enum class WeightRange : std::uint8_t {
  kMax,           // the largest weight of each filter: the documented default
  kMaxTensor,     // of the whole kernel
  kStd,           // 3 standard deviations of each filter
  kStdTensor,     // of the whole kernel
  kTrainableStd,  // of the whole kernel, with a threshold that is trained
  kLeastError,    // the least squared error of each filter, then frozen
  kLsq,           // the same, then trained
};

enum class ActivationRange : std::uint8_t {
  kDiscrete,  // ActivationDiscreteRelu: maximum min(levels, 6), as documented up to 1.8
  kMaximum,   // QuantizedReLU with the ReLU's max_value, or 2^bits - 1 without one
  kTrained,   // QuantizedReLU with a trained threshold and step, at first the range of kMaximum
              // where the ReLU has a max_value, else that of kDiscrete
};

// Bits of 0 keep a layer float and are an error for a quantized one; none given, it stays as it is.
struct QuantizeOptions {
  std::optional<std::int32_t> weight_bits;         // 2..8
  std::optional<std::int32_t> activation_bits;     // 1..8
  std::optional<std::int32_t> input_weight_bits;   // of the first neural layer; unset: weight_bits
  std::map<std::string, std::int32_t> layer_bits;  // of single layers of either sort, by name
  // Unset: quantized layers keep theirs, others get kLeastError below 8 bits and kMax at 8.
  std::optional<WeightRange> weight_range;
  // Unset: quantized activations keep theirs, others get kDiscrete.
  std::optional<ActivationRange> activation_range;
  int jobs = 1;  // threads of searches; results do not depend on it
};

// Throws kInvalid naming layer, value and range, kUsage for an unknown layer name or one without
// weights or ReLU.
[[nodiscard]] cnn::Network quantize(const cnn::Network& network, const QuantizeOptions& options);

}  // namespace akida::quant
