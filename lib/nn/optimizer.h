// Optimizers: how a step changes the variables, by the formulas of Keras.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace akida::nn {

enum class OptimizerType : std::uint8_t { kAdam, kSgd };

struct OptimizerName {
  OptimizerType type;
  const char* name;  // "adam"
};
[[nodiscard]] std::span<const OptimizerName> optimizer_names();
[[nodiscard]] std::string_view name_of(OptimizerType type);

// Adam (Kingma and Ba, 2015), as Keras: with step t counting from 1,
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,
//   w -= rate sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon).
// Stochastic gradient descent with momentum: u = momentum u - rate g,  w += u.
struct OptimizerOptions {
  OptimizerType type = OptimizerType::kAdam;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  double momentum = 0.9;
};

class Optimizer {
 public:
  // `sizes`: the number of elements of each variable. All state starts at 0.
  Optimizer(const OptimizerOptions& options, std::span<const std::size_t> sizes);

  // One step: changes every variable by its gradient. Both lists are in the order of `sizes`.
  // Elements are independent, so the result does not depend on `jobs` (0: one per processor).
  void step(double learning_rate, std::span<const std::span<float>> variables,
            std::span<const std::span<const float>> gradients, int jobs = 1);

  // Steps done so far.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  // What later steps depend on besides steps(): m then v of every variable, or its u. A copy of
  // both continues exactly.
  [[nodiscard]] const std::vector<std::vector<float>>& state() const { return state_; }

  // Continues after `steps` steps that left `state`. Throws kInvalid where the sizes are others.
  void restore(std::uint64_t steps, std::vector<std::vector<float>> state);

 private:
  OptimizerOptions options_;
  std::uint64_t steps_ = 0;
  std::vector<std::vector<float>> state_;
};

}  // namespace akida::nn
