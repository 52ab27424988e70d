// The blocks of a lowered network within an execution plan.
#pragma once

#include <memory>
#include <vector>

#include "cnn/network.h"
#include "lower/lowered_network.h"
#include "nn/execution_plan.h"
#include "nn/integer_block.h"

namespace akida::nn {

// A block replaces the steps of its layers by one evaluation, at the last of them. Where a layer
// inside a block is observed, it and those before it run, too, as float layers.
class IntegerPass {
 public:
  // `network` can be lowered; `observed` are layers.
  IntegerPass(const cnn::Network& network, const ExecutionPlan& plan,
              const std::vector<std::size_t>& observed);

  // Samples are integers in 0..it.
  [[nodiscard]] std::int32_t largest_sample() const { return lowered_->blocks[0].input_max; }

  // Whether a step's layer runs.
  [[nodiscard]] bool runs_layer(std::size_t step) const { return runs_layer_[step]; }

  // The block that is evaluated at a step, after its layer has run; null: none.
  [[nodiscard]] IntegerBlock* block_at(std::size_t step) const { return blocks_[step].get(); }

  // The value that enters the block of a step.
  [[nodiscard]] std::size_t input_of(std::size_t step) const { return inputs_[step]; }

  // Whether a value is computed.
  [[nodiscard]] bool computes(std::size_t value) const { return computes_[value]; }

 private:
  std::unique_ptr<lower::LoweredNetwork> lowered_;  // stays where it is: blocks point into it
  std::vector<bool> runs_layer_;
  std::vector<std::unique_ptr<IntegerBlock>> blocks_;  // by step
  std::vector<std::size_t> inputs_;                    // by step
  std::vector<bool> computes_;
};

}  // namespace akida::nn
