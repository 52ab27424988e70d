#include "engine/potential_source.h"

#include "snn/geometry.h"

namespace akida::engine {

InputGeometry input_geometry(const snn::Layer& layer) {
  const Shape& input = layer.input_shape;
  const snn::Convolution* convolution = snn::convolution_of(layer);
  if (convolution == nullptr) return {.width = input.width, .height = input.height};
  const snn::AxisWindow x = snn::axis_window(convolution->mode, input.width,
                                             convolution->kernel_width, convolution->stride_x);
  const snn::AxisWindow y = snn::axis_window(convolution->mode, input.height,
                                             convolution->kernel_height, convolution->stride_y);
  return {.width = x.pad_before + input.width + x.pad_after,
          .height = y.pad_before + input.height + y.pad_after,
          .pad_left = x.pad_before,
          .pad_top = y.pad_before};
}

std::unique_ptr<PotentialSource> make_source(const snn::Layer& layer) {
  switch (layer.type()) {
    case snn::LayerType::kInputConvolutional:
    case snn::LayerType::kConvolutional:
      return make_convolution_source(layer);
    case snn::LayerType::kSeparableConvolutional:
      return make_separable_source(layer);
    case snn::LayerType::kFullyConnected:
      return make_fully_connected_source(layer);
    case snn::LayerType::kInputData:
    case snn::LayerType::kConcat:
      break;
  }
  return nullptr;
}

}  // namespace akida::engine
