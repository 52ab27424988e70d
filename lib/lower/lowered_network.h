// A quantized network as integer arithmetic: what its SNN will compute, worked out once.
//
// A block is a neural layer with the pooling, batch normalization and activation that belong to it.
// For each one `lower` computes integer weights, thresholds, steps and bounds; nn evaluates them as
// the inference pass of the quantized network and convert writes them into an snn::Model, so both
// give the same levels. Algebra: "Quantization and conversion" of the design; for one filter with
// integer weights c = w * sf, potential P = sum(c * u) over the integer inputs u, which mean
// x = u * r + o, and y = gamma * (sum(w * x) + bias - mean) / sigma + beta,
//   y > t  <=>  P > T(t) = (sf * (sigma / gamma * (t - beta) + mean - bias) - o * sum(c)) / r,
// so boundary n of the activation is floor(T(threshold + n * step)). A negative gamma turns the
// comparison round: the signs of c and T flip first, then T is rounded down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "snn/bounds.h"

namespace akida::lower {

// What the samples are. Images are u8 and enter a Conv2D of 1 or 3 channels; events have values
// 0..15 and any first layer.
enum class InputKind : std::uint8_t { kImage, kEvents };

struct Options {
  std::optional<InputKind> input;  // unset: images for maps of 1 or 3 channels, else events
  // The rounding of the documented converter: T(threshold) is rounded down before the signs of
  // negative gammas flip, the step is s rounded to float32, the padding value is b without its
  // fraction, and a last layer without activation rounds its threshold down, too.
  bool documented = false;
};

enum class Operation : std::uint8_t { kConvolution, kSeparable, kDense };

enum class PoolingKind : std::uint8_t { kNone, kMax, kAverage };  // kAverage: sums of potentials

// One integer layer. Maps are [height, width, channels]; a vector of N features is [1, 1, N].
struct Block {
  std::string name;                 // of the neural layer; of a merged pair, its DepthwiseConv2D's
  std::vector<std::size_t> layers;  // of the network, that the block computes, ascending

  Operation operation = Operation::kConvolution;
  cnn::Dims input;
  cnn::Dims map;     // after the neural layer: [height, width, filters]
  cnn::Dims output;  // after pooling
  // kDense: one window that covers the input.
  cnn::Extent kernel_size, strides;
  cnn::Padding padding = cnn::Padding::kValid;  // of the neural layer and of the pooling

  PoolingKind pooling = PoolingKind::kNone;
  bool global_pooling = false;          // one window over the map
  cnn::Extent pool_size, pool_strides;  // cells that max pooling pads count for nothing

  std::int32_t weights_bits = 0;  // 2..8: codes are within +-(2^(bits-1) - 1)
  // Integer weights, to be cross-correlated with the input:
  // [kernel height][kernel width][channels][filters]; kSeparable: the depthwise kernels,
  // [kernel height][kernel width][channels]. The signs of negative gammas are in (kSeparable: in
  // the pointwise ones).
  std::vector<std::int8_t> codes;
  std::vector<std::int8_t> pointwise_codes;  // kSeparable: [channels][filters]

  std::int32_t input_max = 0;      // inputs are 0..input_max
  std::int32_t padding_value = 0;  // of the first layer's padded cells; 0 elsewhere

  // What the potentials (after pooling) of each filter can reach for any input, and the sums of
  // each channel between the two stages of kSeparable. Any partial sum stays within them.
  std::vector<snn::Range> potentials;
  std::vector<snn::Range> channel_sums;

  // 1..8: the level of a filter is the number of its boundaries that the potential exceeds,
  // 0..2^bits - 1. 0 (last block only): no activation, the output is evaluated.
  std::int32_t activation_bits = 0;
  double level_value = 0;  // what one level is worth in the CNN: its activation is level * this

  // One entry per filter. Boundary n is
  //   floor(double(threshold) + n * double(step) * 2^(4 - activation_bits)),
  // snn::activation_boundary's rule. Without activation: 0 and 1.
  std::vector<std::int64_t> threshold;  // within int32 unless a finding says otherwise
  std::vector<float> step;
  std::vector<std::int64_t> boundaries;  // [filters][2^bits - 1]
  // floor(T(threshold + n * step)), the boundaries of the CNN's own formula.
  std::vector<std::int64_t> exact_boundaries;  // [filters][2^bits - 1]
  std::vector<double> real_threshold;          // T(threshold), unrounded
  std::vector<double> real_step;               // length of an interval, in potentials

  // Without activation: the output is (potential - shift) * scale, in double, rounded once to
  // float32. One entry per filter.
  std::vector<double> shift, scale;

  [[nodiscard]] std::size_t filters() const { return potentials.size(); }
};

// What a user should know of a lowered network. Errors keep it from becoming an SNN (it can still
// be evaluated): a bound or a threshold outside int32.
struct Finding {
  bool is_error = false;
  std::string layer;
  std::string text;  // names filter, value and limit

  bool operator==(const Finding&) const = default;
};

struct LoweredNetwork {
  InputKind input = InputKind::kImage;
  std::int32_t input_bits = 8;
  // A sample value u means x = (u - scaling_b) / scaling_a.
  double scaling_a = 1, scaling_b = 0;
  std::vector<Block> blocks;
  std::vector<std::size_t> trailing;  // Softmax, Activation, ... behind the last block
  std::vector<Finding> findings;      // in the order of the layers
};

// Something that keeps a network from conversion.
struct Incompatibility {
  std::string layer;
  std::string reason;  // why, and what to do about it
};

// Everything in the structure of `network` that an SNN cannot have, in the order of its layers:
// order and types of layers, padding, branches, gammas that are 0 or, behind max pooling, negative.
// Empty where it can be converted. Of a network without any quantizer only the structure is looked
// at, as it will be after quantization.
[[nodiscard]] std::vector<Incompatibility> incompatibilities(const cnn::Network& network,
                                                             std::optional<InputKind> input = {});

// Throws kInvalid with the first incompatibility; a network without quantizers has one, too.
[[nodiscard]] LoweredNetwork lower(const cnn::Network& network, const Options& options = {});

}  // namespace akida::lower
