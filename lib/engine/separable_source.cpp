#include <algorithm>
#include <vector>

#include "engine/potential_source.h"
#include "snn/geometry.h"

namespace akida::engine {
namespace {

// Depthwise sums and the pointwise sum over them, both in exact int32.
class SeparableSource : public PotentialSource {
 public:
  explicit SeparableSource(const snn::Layer& layer)
      : convolution_(*snn::convolution_of(layer)),
        channels_(layer.input_shape.channels),
        row_stride_(std::ptrdiff_t{input_geometry(layer).width} * channels_),
        map_(snn::convolution_output(layer.input_shape, convolution_, snn::num_neurons(layer))) {
    const auto pointwise = layer.variables.weights_pw.data<std::int8_t>();
    pointwise_.assign(pointwise.begin(), pointwise.end());
    const auto depthwise = layer.variables.weights.data<std::int8_t>();
    for (std::int32_t row = convolution_.kernel_height - 1; row >= 0; --row) {
      for (std::int32_t column = convolution_.kernel_width - 1; column >= 0; --column) {
        const std::int8_t* taps =
            depthwise.data() +
            std::ptrdiff_t{column * convolution_.kernel_height + row} * channels_;
        depthwise_.insert(depthwise_.end(), taps, taps + channels_);
      }
    }
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t /*rows*/) const override {
    return static_cast<std::size_t>(channels_) * sizeof(std::int32_t);
  }

  void run(const SourceCall& call) const override {
    auto* sums = reinterpret_cast<std::int32_t*>(call.scratch);
    std::int32_t* potentials = call.potentials;
    for (std::int32_t y = call.first; y < call.last; ++y) {
      for (std::int32_t x = 0; x < map_.width; ++x) {
        sum_window(call.input + y * convolution_.stride_y * row_stride_ +
                       std::ptrdiff_t{x} * convolution_.stride_x * channels_,
                   sums);
        mix_channels(sums, potentials);
        potentials += padded_channels(map_.channels);
      }
    }
  }

 private:
  void sum_window(const std::uint8_t* window, std::int32_t* sums) const {
    std::fill_n(sums, channels_, 0);
    const std::int8_t* taps = depthwise_.data();
    for (std::int32_t row = 0; row < convolution_.kernel_height; ++row) {
      for (std::int32_t column = 0; column < convolution_.kernel_width; ++column) {
        const std::uint8_t* cell = window + row * row_stride_ + std::ptrdiff_t{column} * channels_;
        for (std::int32_t c = 0; c < channels_; ++c) sums[c] += cell[c] * taps[c];
        taps += channels_;
      }
    }
  }

  void mix_channels(const std::int32_t* sums, std::int32_t* potentials) const {
    std::fill_n(potentials, map_.channels, 0);
    for (std::int32_t c = 0; c < channels_; ++c) {
      const std::int8_t* weights = pointwise_.data() + std::ptrdiff_t{c} * map_.channels;
      for (std::int32_t n = 0; n < map_.channels; ++n) potentials[n] += sums[c] * weights[n];
    }
  }

  snn::Convolution convolution_;
  std::int32_t channels_;
  std::ptrdiff_t row_stride_;
  Shape map_;
  std::vector<std::int8_t> depthwise_;  // [rows][columns][channels], turned by 180 degrees
  std::vector<std::int8_t> pointwise_;  // [channels][neurons]
};

}  // namespace

std::unique_ptr<PotentialSource> make_separable_source(const snn::Layer& layer) {
  return std::make_unique<SeparableSource>(layer);
}

}  // namespace akida::engine
