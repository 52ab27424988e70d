// Which layers of a network form which block, and what of their order an SNN cannot have.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "lower/lowered_network.h"

namespace akida::lower {

// The layers of one block, as indices of the network.
struct BlockLayers {
  std::size_t neural = 0;
  std::optional<std::size_t> pointwise;  // the 1x1 Conv2D where `neural` is a DepthwiseConv2D
  std::optional<std::size_t> pooling;
  std::optional<std::size_t> batchnorm;
  std::optional<std::size_t> activation;
  cnn::Dims input;  // [height, width, channels], of Dense as before a Flatten

  // The layer whose filters are the block's.
  [[nodiscard]] std::size_t filters() const { return pointwise.value_or(neural); }
};

struct Structure {
  std::optional<std::size_t> rescaling;
  std::vector<BlockLayers> blocks;
  std::vector<std::size_t> trailing;
  std::vector<Incompatibility> faults;
};

// True for MaxPooling2D and GlobalMaxPooling2D.
[[nodiscard]] bool is_max_pooling(cnn::LayerType type);

// Reads the layers in order. Dropout and linear Activation count for nothing anywhere. Values of
// variables are not looked at.
[[nodiscard]] Structure split_into_blocks(const cnn::Network& network);

}  // namespace akida::lower
