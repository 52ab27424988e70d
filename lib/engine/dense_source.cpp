#include "engine/lazy_weights.h"
#include "engine/potential_source.h"
#include "kernels/conv_tile.h"

namespace akida::engine {
namespace {

class DenseSource : public PotentialSource {
 public:
  DenseSource(const snn::Layer& layer, const kernels::LayerTraits& traits)
      : windows_(windows_of(layer)), tile_(kernels::conv_tile()), weights_([&layer] {
          return kernels::pack_conv_weights(weight_rows(layer), windows_of(layer).kernel);
        }) {
    const kernels::ConvKernelShape& kernel = windows_.kernel;
    const std::ptrdiff_t channels = kernel.channels;
    geometry_ = {.kernel_rows = kernel.rows,
                 .run = kernels::conv_tile_run(kernel.columns, kernel.channels),
                 .row_stride = windows_.row_stride,
                 .pixel_stride = windows_.stride_x * channels,
                 .line_stride = windows_.stride_y * windows_.row_stride,
                 .product_bound = traits.max_weight * traits.max_value};
    blocks_ = (kernel.neurons + kernels::kConvTileNeurons - 1) / kernels::kConvTileNeurons;
  }

  void run(const SourceCall& call) const override {
    kernels::ConvTileExtent extent{
        .blocks = blocks_, .lines = call.last - call.first, .pixels = windows_.output_width};
    if (windows_.adjoining) {
      extent.pixels *= extent.lines;
      extent.lines = 1;
    }
    tile_(call.input + call.first * geometry_.line_stride, geometry_, weights_.data(), extent,
          call.potentials, padded_channels(windows_.kernel.neurons));
  }

  std::size_t run_levels(const SourceCall& call, const LevelsStep& step,
                         const kernels::ConvLevelsTarget& target) const override {
    const kernels::ConvLevelsLayer layer{.tile = tile_,
                                         .to_levels = step.kernel,
                                         .geometry = geometry_,
                                         .weights = weights_.data(),
                                         .table = step.table,
                                         .hook = {}};
    return kernels::conv_levels(layer, call.input + call.first * geometry_.line_stride,
                                call.last - call.first, windows_.output_width, target,
                                reinterpret_cast<std::int32_t*>(call.scratch));
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t /*rows*/) const override {
    return kernels::kConvLevelsScratch * sizeof(std::int32_t);
  }

 private:
  Windows windows_;
  kernels::ConvTileFn* tile_;
  kernels::ConvTileGeometry geometry_;
  std::int32_t blocks_ = 0;  // of 32 neurons
  LazyWeights<std::int8_t> weights_;
};

}  // namespace

SourcePointer make_dense_source(const snn::Layer& layer, const kernels::LayerTraits& traits) {
  return std::make_unique<DenseSource>(layer, traits);
}

}  // namespace akida::engine
