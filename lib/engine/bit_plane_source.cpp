#include "engine/lazy_weights.h"
#include "engine/potential_source.h"
#include "kernels/bit_planes.h"

namespace akida::engine {
namespace {

class BitPlaneSource : public PotentialSource {
 public:
  explicit BitPlaneSource(const snn::Layer& layer)
      : windows_(windows_of(layer)),
        dwords_(static_cast<std::size_t>(kernels::bit_dwords(windows_.kernel.channels))),
        has_minus_(snn::weights_bits(layer) > 1),
        planes_([&layer, has_minus = has_minus_] {
          return kernels::pack_bit_planes(weight_rows(layer), windows_of(layer).kernel, has_minus);
        }),
        pack_(kernels::pack_bits()),
        count_(kernels::bit_planes()) {}

  void run(const SourceCall& call) const override {
    const std::int32_t lines = call.last - call.first;
    const auto width = static_cast<std::size_t>(windows_.map_width);
    auto* bits = reinterpret_cast<std::uint32_t*>(call.scratch);
    pack_(call.input + call.first * windows_.stride_y * windows_.row_stride,
          map_rows(lines) * width, windows_.kernel.channels, bits);
    const std::ptrdiff_t stride = padded_channels(windows_.kernel.neurons);
    kernels::BitWindows windows{
        .bits = bits,
        .pixels = windows_.adjoining ? lines * windows_.output_width : windows_.output_width,
        .pixel_stride = static_cast<std::size_t>(windows_.stride_x) * dwords_,
        .rows = windows_.kernel.rows,
        .row_stride = width * dwords_,
        .run = windows_.kernel.columns * static_cast<std::int32_t>(dwords_),
        .blocks = padded_channels(windows_.kernel.neurons) / kernels::kBitNeurons,
        .has_minus = has_minus_};
    std::int32_t* potentials = call.potentials;
    for (std::int32_t line = 0; line < (windows_.adjoining ? 1 : lines); ++line) {
      count_(windows, planes_.data(), potentials, stride);
      windows.bits += static_cast<std::size_t>(windows_.stride_y) * windows.row_stride;
      potentials += windows_.output_width * stride;
    }
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t rows) const override {
    return map_rows(rows) * static_cast<std::size_t>(windows_.map_width) * dwords_ *
           sizeof(std::uint32_t);
  }

 private:
  // Rows of the padded input under `lines` rows of windows.
  [[nodiscard]] std::size_t map_rows(std::int32_t lines) const {
    return static_cast<std::size_t>((lines - 1) * windows_.stride_y + windows_.kernel.rows);
  }

  Windows windows_;
  std::size_t dwords_;  // of a cell
  bool has_minus_;
  LazyWeights<std::uint32_t> planes_;
  kernels::PackBitsFn* pack_;
  kernels::BitPlanesFn* count_;
};

}  // namespace

SourcePointer make_bit_plane_source(const snn::Layer& layer) {
  return std::make_unique<BitPlaneSource>(layer);
}

}  // namespace akida::engine
