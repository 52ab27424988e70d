#include "nn/optimizer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"

namespace akida::nn {
namespace {

constexpr std::array kOptimizers = {
    OptimizerName{OptimizerType::kAdam, "adam"},
    OptimizerName{OptimizerType::kSgd, "sgd"},
};

constexpr std::size_t kChunk = 1 << 16;  // elements that one thread takes at a time

std::size_t slots_of(OptimizerType type) { return type == OptimizerType::kAdam ? 2 : 1; }

struct AdamFactors {
  float beta_1, rest_1;  // b1 and 1 - b1
  float beta_2, rest_2;
  float rate;  // with the correction of the averages' start at 0
  float epsilon;
};

AdamFactors adam_factors(const OptimizerOptions& options, double learning_rate,
                         std::uint64_t step) {
  const auto t = static_cast<double>(step);
  const double rate = learning_rate * std::sqrt(1 - std::pow(options.beta_2, t)) /
                      (1 - std::pow(options.beta_1, t));
  return {static_cast<float>(options.beta_1), static_cast<float>(1 - options.beta_1),
          static_cast<float>(options.beta_2), static_cast<float>(1 - options.beta_2),
          static_cast<float>(rate),           static_cast<float>(options.epsilon)};
}

void adam_step(const AdamFactors& f, std::size_t count, const float* __restrict gradient,
               float* __restrict m, float* __restrict v, float* __restrict variable) {
  for (std::size_t i = 0; i < count; ++i) {
    m[i] = f.beta_1 * m[i] + f.rest_1 * gradient[i];
    v[i] = f.beta_2 * v[i] + f.rest_2 * (gradient[i] * gradient[i]);
    variable[i] -= f.rate * m[i] / (std::sqrt(v[i]) + f.epsilon);
  }
}

void sgd_step(float momentum, float rate, std::size_t count, const float* __restrict gradient,
              float* __restrict velocity, float* __restrict variable) {
  for (std::size_t i = 0; i < count; ++i) {
    velocity[i] = momentum * velocity[i] - rate * gradient[i];
    variable[i] += velocity[i];
  }
}

}  // namespace

std::span<const OptimizerName> optimizer_names() { return kOptimizers; }

std::string_view name_of(OptimizerType type) {
  return kOptimizers[static_cast<std::size_t>(type)].name;
}

Optimizer::Optimizer(const OptimizerOptions& options, std::span<const std::size_t> sizes)
    : options_(options) {
  for (const std::size_t size : sizes) {
    for (std::size_t i = 0; i < slots_of(options.type); ++i) state_.emplace_back(size, 0.0F);
  }
}

void Optimizer::step(double learning_rate, std::span<const std::span<float>> variables,
                     std::span<const std::span<const float>> gradients, int jobs) {
  const std::size_t slots = slots_of(options_.type);
  assert(variables.size() * slots == state_.size() && gradients.size() == variables.size());
  ++steps_;
  const AdamFactors factors = adam_factors(options_, learning_rate, steps_);
  const auto momentum = static_cast<float>(options_.momentum);
  const auto rate = static_cast<float>(learning_rate);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::size_t size = variables[i].size();
    assert(gradients[i].size() == size && state_[i * slots].size() == size);
    parallel_for((size + kChunk - 1) / kChunk, size > kChunk ? jobs : 1,
                 [&](std::size_t chunk, int) {
                   const std::size_t first = chunk * kChunk;
                   const std::size_t count = std::min(kChunk, size - first);
                   const float* gradient = gradients[i].data() + first;
                   float* variable = variables[i].data() + first;
                   float* slot = state_[i * slots].data() + first;
                   if (options_.type == OptimizerType::kAdam) {
                     float* second = state_[i * slots + 1].data() + first;
                     adam_step(factors, count, gradient, slot, second, variable);
                   } else {
                     sgd_step(momentum, rate, count, gradient, slot, variable);
                   }
                 });
  }
}

void Optimizer::restore(std::uint64_t steps, std::vector<std::vector<float>> state) {
  if (state.size() != state_.size()) {
    fail(ErrorKind::kInvalid, "optimizer state of {} arrays, {} expected", state.size(),
         state_.size());
  }
  for (std::size_t i = 0; i < state.size(); ++i) {
    if (state[i].size() != state_[i].size()) {
      fail(ErrorKind::kInvalid, "optimizer state: array {} has {} elements, {} expected", i,
           state[i].size(), state_[i].size());
    }
  }
  steps_ = steps;
  state_ = std::move(state);
}

}  // namespace akida::nn
