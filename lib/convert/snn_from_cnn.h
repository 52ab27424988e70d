// Writes a lowered network as an integer network.
#pragma once

#include <vector>

#include "cnn/network.h"
#include "lower/lowered_network.h"
#include "snn/model.h"

namespace akida::convert {

// The SNN of `network`, which was lowered to `lowered`: one layer per block, with the block's name.
// Images enter an InputConvolutional layer; events an InputData layer with the name of the
// network's input. Name, history, metadata, class names and anchors are the network's; the input
// scaling is the one that was lowered with.
//
// Layouts: kernels of Convolutional and SeparableConvolutional layers are turned by 180 degrees
// (those layers are true convolutions), InputConvolutional ones are not; rows of a Dense layer go
// from (y, x, c) to (c, y, x) order.
//
// Throws kInvalid with the first error among the findings, and what snn::Model::add refuses.
[[nodiscard]] snn::Model snn_from_cnn(const cnn::Network& network,
                                      const lower::LoweredNetwork& lowered);

// Thresholds outside signed and steps outside unsigned integers of `bits` bits, which hardware
// cannot hold: one finding per layer, with its first filter and their number.
[[nodiscard]] std::vector<lower::Finding> wide_thresholds(const snn::Model& model, int bits);

}  // namespace akida::convert
