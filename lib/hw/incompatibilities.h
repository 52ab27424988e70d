// Which layers of a network a hardware version cannot run, and why.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "snn/model.h"

namespace akida::hw {

// One rule that one layer breaks.
struct Finding {
  std::string hardware;   // the version, "v1"; "v1, v2" where several say exactly the same
  std::size_t layer = 0;  // index
  std::string layer_name;
  std::string rule;     // what is limited, by the parameter's name where it is one: "weights_bits"
  std::string value;    // what the layer has, "8"
  std::string allowed;  // what the version takes, "1, 2"

  bool operator==(const Finding&) const = default;
};

// Every broken rule of every layer, in layer order; empty where the hardware can run the model.
// `hardware` names a version of hardware_versions(), or is "all": every version must hold. Throws
// kUsage naming the known versions for any other.
//
// Rules, by the name a finding has:
//   layer_type           the version has no such layer (Concat is in no table)
//   inbound_layers       more than one inbound layer
//   input_width, input_height, input_channels
//   input_size           a 1x1 input where the version excludes one
//   inputs               width * height * channels of a FullyConnected
//   input_bits           of the levels that come in, at most
//   kernel_size, stride, convolution_mode
//   stride_kernel        the kernel, where only one kernel may have a stride above 1
//   num_neurons          by channels and kernel (InputConvolutional)
//   pooling_type         Average, or windowed Average, where it is not supported
//   pooling_size, pooling_stride of max pooling; the stride never exceeds the size
//   pooling_input, kernel_input   pooling or kernel larger than the input of a max-pooled layer
//   average_pooling_width, average_pooling_height
//   next_layer           max pooling not followed by (Separable)Convolutional
//   weights_bits, threshold_fire_bits
//   threshold_fire       outside signed 20 bits (activations on)
//   threshold_fire_step  above unsigned 20 bits (activations on, more than 1 bit)
[[nodiscard]] std::vector<Finding> incompatibilities(const snn::Model& model,
                                                     std::string_view hardware);

// "conv_1: weights_bits: 8 (allowed on v1: 1, 2)".
[[nodiscard]] std::string to_string(const Finding& finding);

}  // namespace akida::hw
