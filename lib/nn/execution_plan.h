// What an executor does in which order, and for how long values and gradients are needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "cnn/network.h"
#include "nn/buffer_plan.h"
#include "nn/layer_operation.h"

namespace akida::nn {

// How an operation's gradient enters that of its input, which several layers may read.
enum class InputGradient : std::uint8_t { kNone, kWrite, kAdd };

// One layer that computes something. Layers that do not share their input's values, so values have
// numbers of their own.
struct Step {
  std::size_t layer = 0;
  std::unique_ptr<LayerOperation> operation;
  std::vector<std::size_t> inputs;  // values
  std::size_t output = 0;           // value
  bool contributes = false;         // the last layer depends on it
  bool has_backward = false;
  std::vector<InputGradient> input_gradients;
};

struct PlanOptions {
  BatchCut cut;
  bool training = false;
  std::size_t first_trained = 0;
};

struct ExecutionPlan {
  std::vector<std::size_t> value_of;  // by layer; value 0 is the network's input
  std::vector<std::size_t> sizes;     // elements of one sample, by value
  std::vector<Step> steps;            // in the order of the layers

  // When values are needed: step i runs at time i + 1, the input is written at 0.
  [[nodiscard]] std::vector<BufferLife> value_lives() const;

  // When their gradients are: step i runs backward at time steps.size() - i, that of the output is
  // written at 0. Of size 0 where there is none.
  [[nodiscard]] std::vector<BufferLife> gradient_lives() const;
};

[[nodiscard]] ExecutionPlan make_plan(const cnn::Network& network, const PlanOptions& options);

}  // namespace akida::nn
