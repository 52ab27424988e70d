#include <span>
#include <vector>

#include "engine/potential_source.h"
#include "kernels/conv_tile.h"
#include "snn/geometry.h"

namespace akida::engine {
namespace {

// Stored weights [kernel_width][kernel_height][channels][neurons] as [neurons][rows][columns]
// [channels] in the order in which they meet the input: true convolutions are turned by 180
// degrees.
std::vector<std::int8_t> kernels_by_neuron(const snn::Layer& layer,
                                           const kernels::ConvKernelShape& shape) {
  const auto stored = layer.variables.weights.data<std::int8_t>();
  const bool flip = layer.type() != snn::LayerType::kInputConvolutional;
  std::vector<std::int8_t> plain(stored.size());
  const auto neurons = static_cast<std::size_t>(shape.neurons);
  const auto channels = static_cast<std::size_t>(shape.channels);
  const std::size_t kernel = plain.size() / neurons;
  for (std::int32_t row = 0; row < shape.rows; ++row) {
    for (std::int32_t column = 0; column < shape.columns; ++column) {
      const std::int32_t from_y = flip ? shape.rows - 1 - row : row;
      const std::int32_t from_x = flip ? shape.columns - 1 - column : column;
      const std::int8_t* from =
          stored.data() +
          static_cast<std::size_t>(from_x * shape.rows + from_y) * channels * neurons;
      std::int8_t* to =
          plain.data() + static_cast<std::size_t>(row * shape.columns + column) * channels;
      for (std::size_t c = 0; c < channels; ++c) {
        for (std::size_t n = 0; n < neurons; ++n) to[n * kernel + c] = from[c * neurons + n];
      }
    }
  }
  return plain;
}

class ConvolutionSource : public PotentialSource {
 public:
  explicit ConvolutionSource(const snn::Layer& layer) : tile_(kernels::conv_tile()) {
    const snn::Convolution& convolution = *snn::convolution_of(layer);
    const Shape& input = layer.input_shape;
    const Shape map = snn::convolution_output(input, convolution, snn::num_neurons(layer));
    const InputGeometry padded = input_geometry(layer);
    const kernels::ConvKernelShape shape{.neurons = map.channels,
                                         .rows = convolution.kernel_height,
                                         .columns = convolution.kernel_width,
                                         .channels = input.channels};
    const std::ptrdiff_t row = std::ptrdiff_t{padded.width} * input.channels;
    geometry_ = {.kernel_rows = shape.rows,
                 .run = kernels::conv_tile_run(shape.columns, shape.channels),
                 .row_stride = row,
                 .pixel_stride = std::ptrdiff_t{convolution.stride_x} * input.channels,
                 .line_stride = row * convolution.stride_y,
                 .product_bound = snn::weight_limit(snn::weights_bits(layer)) * layer.input_max};
    width_ = map.width;
    blocks_ = (map.channels + kernels::kConvTileNeurons - 1) / kernels::kConvTileNeurons;
    stride_ = padded_channels(map.channels);
    contiguous_ = geometry_.line_stride == width_ * geometry_.pixel_stride;
    weights_ = kernels::pack_conv_weights(kernels_by_neuron(layer, shape), shape);
  }

  void run(const SourceCall& call) const override {
    kernels::ConvTileExtent extent{
        .blocks = blocks_, .lines = call.last - call.first, .pixels = width_};
    if (contiguous_) {
      extent.pixels *= extent.lines;
      extent.lines = 1;
    }
    tile_(call.input + call.first * geometry_.line_stride, geometry_, weights_.data(), extent,
          call.potentials, stride_);
  }

 private:
  kernels::ConvTileFn* tile_;
  kernels::ConvTileGeometry geometry_;
  std::int32_t width_ = 0;
  std::int32_t blocks_ = 0;
  std::int32_t stride_ = 0;
  bool contiguous_ = false;  // the right neighbour of a row's last output is the next row's first
  kernels::AlignedVector<std::int8_t> weights_;
};

}  // namespace

std::unique_ptr<PotentialSource> make_convolution_source(const snn::Layer& layer) {
  return std::make_unique<ConvolutionSource>(layer);
}

}  // namespace akida::engine
