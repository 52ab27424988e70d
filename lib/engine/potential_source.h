// Computes the potentials of one layer with weights, before pooling: one kind per layer type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "snn/layer.h"

namespace akida::engine {

// Channels of int32 maps are padded to whole groups of the levels kernels.
[[nodiscard]] constexpr std::int32_t padded_channels(std::int32_t channels) {
  return (channels + 63) / 64 * 64;
}

// The layer's input in memory: u8 levels [padded height][padded width][channels].
struct InputGeometry {
  std::int32_t width = 0;  // of the padded map
  std::int32_t height = 0;
  std::int32_t pad_left = 0;
  std::int32_t pad_top = 0;
};

// The padding that `layer`'s convolution needs; none for FullyConnected.
[[nodiscard]] InputGeometry input_geometry(const snn::Layer& layer);

// Some rows of one sample's potentials.
struct SourceCall {
  const std::uint8_t* input = nullptr;  // top left cell of the padded map, 64-byte aligned
  std::uint64_t nonzeros = 0;           // of the whole input, to choose between kernels
  std::int32_t first = 0;               // rows [first, last) of the convolution's output
  std::int32_t last = 0;
  // Output (x, y) of neuron n goes to potentials[((y - first) * width + x) * stride + n]; stride
  // is padded_channels(neurons), and values behind the last neuron are unspecified.
  std::int32_t* potentials = nullptr;
  std::byte* scratch = nullptr;  // scratch_bytes(), 64-byte aligned
};

// Immutable after construction; several threads call run at the same time.
class PotentialSource {
 public:
  PotentialSource() = default;
  virtual ~PotentialSource() = default;
  PotentialSource(const PotentialSource&) = delete;
  PotentialSource& operator=(const PotentialSource&) = delete;

  virtual void run(const SourceCall& call) const = 0;

  // Memory that a call over at most `rows` rows needs.
  [[nodiscard]] virtual std::size_t scratch_bytes(std::int32_t rows) const {
    static_cast<void>(rows);
    return 0;
  }
};

// InputConvolutional, Convolutional.
[[nodiscard]] std::unique_ptr<PotentialSource> make_convolution_source(const snn::Layer& layer);
[[nodiscard]] std::unique_ptr<PotentialSource> make_separable_source(const snn::Layer& layer);
[[nodiscard]] std::unique_ptr<PotentialSource> make_fully_connected_source(const snn::Layer& layer);

// The one for the layer's type; nullptr for InputData and Concat.
[[nodiscard]] std::unique_ptr<PotentialSource> make_source(const snn::Layer& layer);

}  // namespace akida::engine
