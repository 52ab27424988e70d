#include "hw/hardware_tables.h"

namespace akida::hw {
namespace {

using snn::ConvolutionMode;
using snn::LayerType;

const std::vector<Window> kSquaresTo2 = {{1, 1}, {2, 2}};
const std::vector<Window> kSquaresTo3 = {{1, 1}, {2, 2}, {3, 3}};
const std::vector<Window> kHalving = {{1, 1}, {1, 2}, {2, 1}, {2, 2}};

const std::vector<NeuronLimit> kImageNeurons = {
    {.channels = 1, .kernel = 3, .neurons = 512}, {.channels = 1, .kernel = 5, .neurons = 192},
    {.channels = 1, .kernel = 7, .neurons = 96},  {.channels = 3, .kernel = 3, .neurons = 192},
    {.channels = 3, .kernel = 5, .neurons = 64},  {.channels = 3, .kernel = 7, .neurons = 32},
};

HardwareVersion pre_production() {
  const LayerLimits convolutional = {
      .type = LayerType::kConvolutional,
      .kernels = {1, 3, 5, 7},
      .strides = {1},
      .modes = {ConvolutionMode::kSame},
      .max_pooling = {.sizes = kSquaresTo3, .strides = {1, 2, 3}, .within_input = true},
      .average_pooling = {.supported = true,
                          .width = {.low = 8, .high = 32, .step = 8},
                          .height = {.low = 8, .step = 8}},
      .input_bits = {1, 2, 4},
      .weights_bits = {1, 2},
      .activation_bits = {1, 2, 4},
  };
  LayerLimits separable = convolutional;
  separable.type = LayerType::kSeparableConvolutional;
  separable.kernels = {3, 5, 7};
  separable.weights_bits = {2, 4};
  const LayerLimits fully_connected = {
      .type = LayerType::kFullyConnected,
      .input_width = {.high = 1},
      .input_height = {.high = 1},
      .input_channels = {.high = 81920},
      .input_bits = {1, 2},
      .weights_bits = {1, 2},
      .activation_bits = {1, 2, 4},
  };
  return {"v1", "NSoC, pre-production", {convolutional, separable, fully_connected}};
}

HardwareVersion production() {
  const LayerLimits image = {
      .type = LayerType::kInputConvolutional,
      .input_width = {.low = 5, .high = 256},
      .input_height = {.low = 5},
      .kernels = {3, 5, 7},
      .strides = {1, 2, 3},
      .modes = {ConvolutionMode::kSame, ConvolutionMode::kValid},
      .max_pooling = {.sizes = kHalving, .strides = {2}},
      .weights_bits = {1, 2, 3, 4, 5, 6, 7, 8},
      .activation_bits = {1, 2, 4},
      .max_neurons = kImageNeurons,
  };
  const LayerLimits convolutional = {
      .type = LayerType::kConvolutional,
      .kernels = {1, 3, 5, 7},
      .strides = {1, 2},
      .wide_stride_kernel = 3,
      .modes = {ConvolutionMode::kSame},
      .max_pooling = {.sizes = kSquaresTo3, .strides = {1, 2, 3}},
      .average_pooling = {.supported = true, .width = {.high = 32}},
      .input_bits = {1, 2, 4},
      .weights_bits = {1, 2, 4},
      .activation_bits = {1, 2, 4},
  };
  LayerLimits separable = convolutional;
  separable.type = LayerType::kSeparableConvolutional;
  separable.kernels = {3, 5, 7};
  separable.weights_bits = {2, 4};
  const LayerLimits fully_connected = {
      .type = LayerType::kFullyConnected,
      .max_inputs = 81920,
      .input_bits = {1, 2, 4},
      .weights_bits = {1, 2, 4},
      .activation_bits = {1, 2, 4},
  };
  return {"v2", "NSoC, production", {image, convolutional, separable, fully_connected}};
}

// The later page states its differences from the production table.
HardwareVersion revision_1_0() {
  HardwareVersion version = production();
  version.name = "1.0";
  version.description = "Akida 1.0, latest constraint page";
  for (LayerLimits& layer : version.layers) {
    switch (layer.type) {
      case LayerType::kInputConvolutional:
        layer.weights_bits = {8};
        layer.max_pooling.stride_is_size = true;
        break;
      case LayerType::kFullyConnected:
        layer.max_inputs = 57334;
        break;
      case LayerType::kSeparableConvolutional:
        layer.single_cell_input = false;
        [[fallthrough]];
      default:
        layer.input_width = layer.input_height = {.high = 4096};
        layer.input_channels = {.high = 2048};
        layer.max_pooling = {.sizes = kSquaresTo2, .strides = {1, 2}};
        layer.average_pooling.height = {.low = 3, .high = 32};
        break;
    }
  }
  return version;
}

}  // namespace

const std::vector<HardwareVersion>& hardware_versions() {
  static const std::vector<HardwareVersion> versions = {pre_production(), production(),
                                                        revision_1_0()};
  return versions;
}

}  // namespace akida::hw
