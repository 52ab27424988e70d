#include <vector>

#include "engine/potential_source.h"
#include "kernels/conv_tile.h"

namespace akida::engine {
namespace {

// Stored weights [(c * height + y) * width + x][neurons] as [neurons][(y * width + x) * channels +
// c], the order of the input in memory.
std::vector<std::int8_t> weights_by_neuron(const snn::Layer& layer) {
  const auto stored = layer.variables.weights.data<std::int8_t>();
  const auto neurons = static_cast<std::size_t>(snn::num_neurons(layer));
  const auto channels = static_cast<std::size_t>(layer.input_shape.channels);
  const std::size_t inputs = stored.size() / neurons;
  const std::size_t pixels = inputs / channels;
  std::vector<std::int8_t> plain(stored.size());
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const std::int8_t* from = stored.data() + (c * pixels + pixel) * neurons;
      std::int8_t* to = plain.data() + pixel * channels + c;
      for (std::size_t n = 0; n < neurons; ++n) to[n * inputs] = from[n];
    }
  }
  return plain;
}

// One output pixel whose window is the whole input.
class FullyConnectedSource : public PotentialSource {
 public:
  explicit FullyConnectedSource(const snn::Layer& layer) : tile_(kernels::conv_tile()) {
    const std::int32_t neurons = snn::num_neurons(layer);
    const auto inputs = static_cast<std::int32_t>(layer.input_shape.size());
    const kernels::ConvKernelShape shape{.neurons = neurons, .channels = inputs};
    geometry_ = {.run = kernels::conv_tile_run(1, inputs),
                 .product_bound = snn::weight_limit(snn::weights_bits(layer)) * layer.input_max};
    blocks_ = (neurons + kernels::kConvTileNeurons - 1) / kernels::kConvTileNeurons;
    stride_ = padded_channels(neurons);
    weights_ = kernels::pack_conv_weights(weights_by_neuron(layer), shape);
  }

  void run(const SourceCall& call) const override {
    tile_(call.input, geometry_, weights_.data(), {.blocks = blocks_}, call.potentials, stride_);
  }

 private:
  kernels::ConvTileFn* tile_;
  kernels::ConvTileGeometry geometry_;
  std::int32_t blocks_ = 0;
  std::int32_t stride_ = 0;
  kernels::AlignedVector<std::int8_t> weights_;
};

}  // namespace

std::unique_ptr<PotentialSource> make_fully_connected_source(const snn::Layer& layer) {
  return std::make_unique<FullyConnectedSource>(layer);
}

}  // namespace akida::engine
