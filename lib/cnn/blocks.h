// Layer blocks: a neural layer with its pooling, batch normalization and activation.
//
// Source: akida_models.layer_blocks of the documented API. The order is always neural layer ->
// pooling -> batch normalization -> ReLU with maximum 6; sub-layers are named after the neural
// layer. Pools use the neural layer's padding and their own size as stride.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cnn/network.h"

namespace akida::cnn {

// How sub-layers are called: "conv_0_BN" (up to 1.8) or "conv_0/BN" (1.1.9 model definitions).
enum class BlockNames : std::uint8_t { kUnderscore, kSlash };

enum class BlockPooling : std::uint8_t { kNone, kMax, kAverage, kGlobalMax, kGlobalAverage };

struct BlockOptions {
  BlockPooling pooling = BlockPooling::kNone;
  Extent pool_size{2, 2};  // ignored for global pooling
  bool add_batchnorm = false;
  bool add_activation = true;
  std::optional<float> max_value = 6.0F;  // of the ReLU
  // Lower limit of gamma where max pooling precedes the normalization, which conversion needs;
  // other normalizations are unbounded.
  std::optional<float> min_gamma = 0.01F;
  BlockNames names = BlockNames::kUnderscore;
  std::vector<std::uint32_t> inbounds;  // of the neural layer; empty: the last layer
};

// Each appends its layers to `network` and returns the index of the last one
// added. An empty `name` gives every layer Keras' automatic name. Throw as Network::add does.
std::size_t conv_block(Network& network, const std::string& name, const Conv2D& conv,
                       const BlockOptions& options = {});
std::size_t separable_conv_block(Network& network, const std::string& name,
                                 const SeparableConv2D& conv, const BlockOptions& options = {});
// Pooling other than kNone is kInvalid.
std::size_t dense_block(Network& network, const std::string& name, const Dense& dense,
                        const BlockOptions& options = {});

}  // namespace akida::cnn
