// Evaluates a lowered block exactly: potentials are integers, levels those of the SNN.
#pragma once

#include <memory>

#include "lower/lowered_network.h"
#include "nn/layer_operation.h"

namespace akida::nn {

class IntegerBlock {
 public:
  virtual ~IntegerBlock() = default;

  // Called before the shards of every pass, on one thread.
  virtual void start(const Pass& pass, Scratch& scratch) = 0;

  // From the float values that the block's inputs, integers in 0..input_max, stand for to those of
  // its activation (or, of a last block without one, its outputs).
  virtual void forward(const Shard& shard, const float* input, float* output, Scratch& scratch) = 0;
};

// What the integers u that enter a block stand for: x = (u - zero) / divisor.
struct IntegerScale {
  double divisor = 1;
  double zero = 0;
};

// Computes in float32 where every sum stays below 2^24 and therefore exact, else in 64-bit
// integers. `block` outlives the result.
[[nodiscard]] std::unique_ptr<IntegerBlock> make_integer_block(const lower::Block& block,
                                                               const IntegerScale& input);

}  // namespace akida::nn
