#include "bench_dense.h"

#include <fmt/format.h>

#include <memory>

#include "bench_layer.h"
#include "kernels/conv_levels.h"
#include "kernels/conv_tile.h"
#include "kernels/levels.h"
#include "peer.h"
#include "plain_rows.h"

namespace akida::bench {
namespace {

using kernels::AlignedVector;

// One layer with random weights, input and 4-bit activation.
class DenseLayer {
 public:
  DenseLayer(const PeerShape& shape, double zeros, int max_input)
      : shape_(shape), input_(shape, zeros, max_input) {
    make_geometry(max_input);
    make_weights(max_input);
    scratch_.resize(kernels::kConvLevelsScratch);
    output_.resize(static_cast<std::size_t>(out_ * out_ * shape.neurons));
  }

  void run() {
    const std::ptrdiff_t pixel = shape_.neurons;
    const kernels::ConvLevelsLayer layer{.tile = convolve_,
                                         .to_levels = levels_,
                                         .geometry = geometry_,
                                         .weights = weights_.data(),
                                         .table = plan_.table()};
    nonzero_ = kernels::conv_levels(layer, input_.cells.data(), out_, out_,
                                    {output_.data(), pixel, pixel * out_}, scratch_.data());
  }

 private:
  void make_geometry(int max_input) {
    const int k = shape_.kernel;
    out_ = input_.size_out;
    geometry_.kernel_rows = k;
    geometry_.run = kernels::conv_tile_run(k, shape_.channels);
    geometry_.row_stride = std::ptrdiff_t{input_.width} * shape_.channels;
    geometry_.pixel_stride = std::ptrdiff_t{shape_.stride} * shape_.channels;
    geometry_.line_stride = shape_.stride * geometry_.row_stride;
    geometry_.product_bound = max_input * 7;
  }

  void make_weights(int max_input) {
    const kernels::ConvKernelShape shape = {shape_.neurons, shape_.kernel, shape_.kernel,
                                            shape_.channels};
    const int fan_in = shape_.kernel * shape_.kernel * shape_.channels;
    weights_ = kernels::pack_conv_weights(
        test::PlainRows(random_weights(static_cast<std::size_t>(shape_.neurons * fan_in), 7),
                        shape_.neurons),
        shape);
    plan_ = random_levels(shape_.neurons, std::int64_t{fan_in} * 7 * max_input);
  }

  PeerShape shape_;
  PaddedInput input_;
  kernels::ConvTileGeometry geometry_;
  kernels::ConvTileFn* convolve_ = kernels::conv_tile();
  kernels::LevelsFn* levels_ = kernels::levels_kernel();
  kernels::LevelsPlan plan_;
  AlignedVector<std::uint8_t> output_;
  AlignedVector<std::int8_t> weights_;
  AlignedVector<std::int32_t> scratch_;
  int out_ = 0;
  std::size_t nonzero_ = 0;
};

struct Row {
  PeerShape shape;
  int max_input = 15;
};

}  // namespace

Candidate dense_candidate(const PeerShape& shape, double zeros, int max_input) {
  auto layer = std::make_shared<DenseLayer>(shape, zeros, max_input);
  return {"akida dense + levels", [layer] { layer->run(); }};
}

void add_dense_rows(Report& report) {
  const Row rows[] = {
      {{64, 64, 56, 3}},   {{128, 128, 28, 3}},       {{256, 256, 14, 3}},  {{512, 512, 14, 1}},
      {{128, 128, 56, 1}}, {{64, 128, 56, 1}},        {{1024, 1024, 7, 1}}, {{512, 512, 7, 3}},
      {{32, 64, 112, 1}},  {{3, 32, 224, 3, 2}, 255},
  };
  for (const Row& row : rows) {
    const PeerShape& shape = row.shape;
    const int out = (shape.size + shape.stride - 1) / shape.stride;
    const std::string name = fmt::format("dense {0}x{0}x{1}->{2} {3}x{3}/{4}", shape.size,
                                         shape.channels, shape.neurons, shape.kernel, shape.stride);
    if (!report.wants(name)) continue;
    auto peer = std::make_shared<PeerConvolution>(shape, 0.5, row.max_input);
    const double macs =
        double{1} * out * out * shape.neurons * shape.kernel * shape.kernel * shape.channels;
    report.add(
        name, macs,
        {{peer->name(), [peer] { peer->run(); }}, dense_candidate(shape, 0.5, row.max_input)});
  }
}

}  // namespace akida::bench
