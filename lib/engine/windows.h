// Convolutions and fully connected layers as one thing: windows that slide over a padded map, with
// the stored weights in the order in which they meet the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/choose.h"
#include "kernels/conv_tile.h"
#include "snn/layer.h"

namespace akida::engine {

// The layer's input in memory: u8 levels [height][width][channels].
struct InputGeometry {
  std::int32_t width = 0;  // with padding
  std::int32_t height = 0;
  std::int32_t pad_left = 0;
  std::int32_t pad_top = 0;
};

// The padding that `layer`'s convolution needs; none for FullyConnected.
[[nodiscard]] InputGeometry input_geometry(const snn::Layer& layer);

// A fully connected layer has one window on a map of one cell that holds all inputs.
struct Windows {
  kernels::ConvKernelShape kernel;  // SeparableConvolutional: of the depthwise stage
  std::int32_t stride_x = 1;        // cells
  std::int32_t stride_y = 1;
  std::int32_t map_width = 1;     // cells of a row of the padded input
  std::int32_t output_width = 1;  // windows in a row
  std::ptrdiff_t row_stride = 0;  // bytes of a row of the padded input
  // Windows are single cells without gaps: any number of rows may be taken as one long row.
  bool adjoining = false;
};
[[nodiscard]] Windows windows_of(const snn::Layer& layer);

// Rows of `neurons` stored weights, [kernel column][kernel row][channel] (FullyConnected: [inputs],
// channel-major), as [kernel row][kernel column][channel], as they meet the input: true
// convolutions are turned by 180 degrees. One "neuron" for the depthwise stage. They point into
// the layer's weights.
[[nodiscard]] std::vector<const std::int8_t*> weight_rows(const snn::Layer& layer);

// What the choice between kernel families depends on, from the stored weights.
[[nodiscard]] kernels::LayerTraits traits_of(const snn::Layer& layer);

}  // namespace akida::engine
