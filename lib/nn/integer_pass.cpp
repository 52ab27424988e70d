#include "nn/integer_pass.h"

#include <algorithm>

namespace akida::nn {

IntegerPass::IntegerPass(const cnn::Network& network, const ExecutionPlan& plan,
                         const std::vector<std::size_t>& observed)
    : lowered_(std::make_unique<lower::LoweredNetwork>(lower::lower(network))),
      runs_layer_(plan.steps.size(), true),
      blocks_(plan.steps.size()),
      inputs_(plan.steps.size()),
      computes_(plan.sizes.size(), false) {
  IntegerScale scale{lowered_->scaling_a, lowered_->scaling_b};
  for (const lower::Block& block : lowered_->blocks) {
    const auto belongs = [&](std::size_t step) {
      return std::ranges::binary_search(block.layers, plan.steps[step].layer);
    };
    std::vector<std::size_t> steps;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      if (belongs(i)) steps.push_back(i);
    }
    const std::size_t last = steps.back();
    blocks_[last] = make_integer_block(block, scale);
    inputs_[last] = plan.steps[steps.front()].inputs[0];
    bool is_needed = false;  // by an observed layer behind, inside the block
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      is_needed =
          is_needed || (*step != last && std::ranges::any_of(observed, [&](std::size_t layer) {
            return plan.value_of[layer] == plan.steps[*step].output;
          }));
      runs_layer_[*step] = is_needed;
    }
    scale = {.divisor = 1 / block.level_value};
  }
  computes_[0] = true;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (runs_layer_[i] || blocks_[i] != nullptr) computes_[plan.steps[i].output] = true;
  }
}

}  // namespace akida::nn
