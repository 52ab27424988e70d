// Computes the potentials of one layer with weights, before pooling: one kind per kernel family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/windows.h"
#include "kernels/conv_levels.h"
#include "snn/layer.h"

namespace akida::engine {

// Channels of int32 maps are padded to whole groups of the levels kernels.
[[nodiscard]] constexpr std::int32_t padded_channels(std::int32_t channels) {
  return (channels + 63) / 64 * 64;
}

// Bytes behind the last potential that a source may overwrite.
inline constexpr std::size_t kPotentialSlack = 256;

// Some rows of one sample's outputs before pooling.
struct SourceCall {
  const std::uint8_t* input = nullptr;  // top left cell of the padded map, 64-byte aligned
  std::uint64_t nonzeros = 0;           // of the whole input, to choose between kernels
  std::int32_t first = 0;               // rows [first, last) of the convolution's output
  std::int32_t last = 0;
  std::int32_t width = 1;  // outputs in a row
  // run: output (x, y) of neuron n goes to potentials[((y - first) * width + x) * stride + n];
  // stride is padded_channels(neurons), and values behind the last neuron are unspecified.
  // run_levels: room for `band` rows of them.
  std::int32_t* potentials = nullptr;
  std::int32_t band = 1;
  std::byte* scratch = nullptr;  // scratch_bytes(), 64-byte aligned
};

// How a layer's potentials become levels.
struct LevelsStep {
  kernels::LevelsTable table;
  kernels::LevelsFn* kernel = nullptr;
};

// Levels of `lines` rows of `width` potentials without gaps; returns how many are not zero.
std::size_t write_levels(const LevelsStep& step, const std::int32_t* potentials, std::int32_t width,
                         std::int32_t lines, const kernels::ConvLevelsTarget& target);

// Several threads call run and run_levels at the same time. Refers to the layer whose weights it
// packs when it runs first, see LazyWeights.
class PotentialSource {
 public:
  PotentialSource() = default;
  virtual ~PotentialSource() = default;
  PotentialSource(const PotentialSource&) = delete;
  PotentialSource& operator=(const PotentialSource&) = delete;

  // At most call.band rows.
  virtual void run(const SourceCall& call) const = 0;

  // Any number of rows, straight to levels: `target` is the place of row call.first. Returns how
  // many levels are not zero. By default runs band after band.
  virtual std::size_t run_levels(const SourceCall& call, const LevelsStep& step,
                                 const kernels::ConvLevelsTarget& target) const;

  // Memory that a call with bands of `rows` rows needs.
  [[nodiscard]] virtual std::size_t scratch_bytes(std::int32_t rows) const = 0;
};

using SourcePointer = std::unique_ptr<PotentialSource>;

// The layer must outlive its sources; `traits` is traits_of(layer).
// Every input, in tiles of pixels and neurons.
[[nodiscard]] SourcePointer make_dense_source(const snn::Layer& layer,
                                              const kernels::LayerTraits& traits);
// Non-zero inputs only; with `adds`, for inputs of 1 bit.
[[nodiscard]] SourcePointer make_event_source(const snn::Layer& layer,
                                              const kernels::LayerTraits& traits, bool adds);
// Inputs of 1 bit, weights of 1 bit or ternary.
[[nodiscard]] SourcePointer make_bit_plane_source(const snn::Layer& layer);
[[nodiscard]] SourcePointer make_separable_source(const snn::Layer& layer);
// FullyConnected: every input; weights of up to 4 bits; of those, non-zero inputs only.
[[nodiscard]] SourcePointer make_fully_connected_source(const snn::Layer& layer);
[[nodiscard]] SourcePointer make_nibble_source(const snn::Layer& layer);
[[nodiscard]] SourcePointer make_nibble_event_source(const snn::Layer& layer);

// What suits the layer: where several families do, the measured share of non-zero inputs decides
// between them at every call. nullptr for InputData and Concat.
[[nodiscard]] SourcePointer make_source(const snn::Layer& layer);

}  // namespace akida::engine
