// What each hardware version can run, as data.
//
// Source: the public constraint pages "Hardware constraints" of MetaTF 1.9.6 (pre-production and
// production NSoC) and the later "Akida 1.0" page. A row holds for every layer of its type; a layer
// type without a row is not supported.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "snn/layer.h"

namespace akida::hw {

inline constexpr std::int32_t kNoLimit = std::numeric_limits<std::int32_t>::max();

// Thresholds are signed and steps unsigned integers of this many bits in the hardware.
inline constexpr int kThresholdBits = 20;

struct Window {
  std::int32_t width = 1;
  std::int32_t height = 1;
  bool operator==(const Window&) const = default;
};

// Inclusive; the value must also be a multiple of `step`.
struct Interval {
  std::int32_t low = 1;
  std::int32_t high = kNoLimit;
  std::int32_t step = 1;
};

// Most neurons of an InputConvolutional by its input channels and square kernel.
struct NeuronLimit {
  std::int32_t channels;
  std::int32_t kernel;
  std::int32_t neurons;
};

// What max pooling a layer may have; no sizes: none at all.
struct MaxPoolingLimits {
  std::vector<Window> sizes;
  std::vector<std::int32_t> strides;  // per axis; an axis of size 1 may always have stride 1
  bool stride_is_size = false;        // the stride must equal the size
  bool within_input = false;          // neither pooling nor kernel may exceed the layer's input
};

// Average pooling is global on the hardware; the intervals are for the pooled width and height.
struct AveragePoolingLimits {
  bool supported = false;
  Interval width;
  Interval height;
};

struct LayerLimits {
  snn::LayerType type;
  Interval input_width;
  Interval input_height;
  Interval input_channels;
  std::int64_t max_inputs = 0;          // width * height * channels; 0: no limit
  bool single_cell_input = true;        // a 1x1 input is allowed
  std::vector<std::int32_t> kernels;    // squares; empty for layers without
  std::vector<std::int32_t> strides;    // per axis
  std::int32_t wide_stride_kernel = 0;  // the only kernel with a stride above 1; 0: any
  std::vector<snn::ConvolutionMode> modes;
  MaxPoolingLimits max_pooling;
  AveragePoolingLimits average_pooling;
  std::vector<std::int32_t> input_bits;
  std::vector<std::int32_t> weights_bits;
  std::vector<std::int32_t> activation_bits;
  std::vector<NeuronLimit> max_neurons;  // empty: no limit
};

struct HardwareVersion {
  std::string name;         // "v1"
  std::string description;  // "NSoC, pre-production"
  std::vector<LayerLimits> layers;
};

// Every known version: "v1", "v2", "1.0".
[[nodiscard]] const std::vector<HardwareVersion>& hardware_versions();

}  // namespace akida::hw
