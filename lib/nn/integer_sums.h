// The sums of a lowered block's neural layer over integer inputs, exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lower/lowered_network.h"
#include "nn/sharded_sum.h"

namespace akida::nn {

// Where the windows of the block's neural layer lie; its padding is part of the map where it is
// not 0.
struct BlockWindows {
  explicit BlockWindows(const lower::Block& block);

  WindowGeometry own;        // on the block's input
  WindowGeometry neural;     // on the input with its padding, if that is not 0
  WindowGeometry pointwise;  // kSeparable: of the second stage, on one value per channel
  std::size_t input_size;    // elements of one sample with its padding
  std::size_t between_size;  // kSeparable: between the stages, else 0
};

// In float32 with oneDNN: exact while no sum reaches 2^24.
class FloatSums {
 public:
  explicit FloatSums(const lower::Block& block, const BlockWindows& windows);

  void start(const Pass& pass, Scratch& scratch);

  // `between` has room for the sums between the stages of kSeparable.
  void run(const Shard& shard, const float* input, float* between, float* sums,
           Scratch& scratch) const;

 private:
  std::vector<float> codes_, pointwise_codes_;
  ShardedSum first_;
  std::optional<ShardedSum> pointwise_;
};

// In 64-bit integers.
class WideSums {
 public:
  explicit WideSums(const lower::Block& block, const BlockWindows& windows)
      : block_(block), windows_(windows) {}

  void start(const Pass& /*pass*/, Scratch& /*scratch*/) {}

  void run(const Shard& shard, const std::int64_t* input, std::int64_t* between, std::int64_t* sums,
           Scratch& scratch) const;

 private:
  const lower::Block& block_;
  const BlockWindows& windows_;
};

}  // namespace akida::nn
