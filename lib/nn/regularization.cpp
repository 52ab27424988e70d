#include "nn/regularization.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>

namespace akida::nn {
namespace {

// The regularizer that the arguments of a layer have for the variable called `name`.
struct Find {
  std::string_view name;

  template <typename Parameters>
  cnn::Regularizer operator()(const Parameters& parameters) const {
    if constexpr (requires { parameters.kernel_regularizer; }) {
      if (name == "kernel") return parameters.kernel_regularizer;
    }
    if constexpr (requires { parameters.depthwise_regularizer; }) {
      if (name == "depthwise_kernel") return parameters.depthwise_regularizer;
    }
    if constexpr (requires { parameters.pointwise_regularizer; }) {
      if (name == "pointwise_kernel") return parameters.pointwise_regularizer;
    }
    return {};
  }
};

}  // namespace

cnn::Regularizer regularizer_of(const cnn::Layer& layer, std::size_t index) {
  return std::visit(Find{layer.variables.at(index).name}, layer.parameters);
}

double penalty(const cnn::Regularizer& regularizer, std::span<const float> weights) {
  double absolute = 0, squares = 0;
  for (const float weight : weights) {
    absolute += std::abs(double{weight});
    squares += double{weight} * double{weight};
  }
  return double{regularizer.l1} * absolute + double{regularizer.l2} * squares;
}

void add_penalty_gradient(const cnn::Regularizer& regularizer, std::span<const float> weights,
                          std::span<float> gradient) {
  const float l1 = regularizer.l1, l2 = 2 * regularizer.l2;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto sign = static_cast<float>((weights[i] > 0) - (weights[i] < 0));
    gradient[i] += l1 * sign + l2 * weights[i];
  }
}

void apply_min_gamma(cnn::Network& network, std::size_t layer) {
  const auto* normalization =
      std::get_if<cnn::BatchNormalization>(&network.layer(layer).parameters);
  if (normalization == nullptr || !normalization->min_gamma) return;
  const float lowest = *normalization->min_gamma;
  for (cnn::Variable& variable : network.variables(layer)) {
    if (variable.name != "gamma") continue;
    for (float& gamma : variable.value.data<float>()) gamma = std::max(gamma, lowest);
  }
}

void limit_fall(std::span<const float> old, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::max(values[i], old[i] / 2);
}

std::size_t add_gamma_constraint(cnn::Network& network, float min_gamma) {
  std::size_t replaced = 0;
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const auto* old = std::get_if<cnn::BatchNormalization>(&network.layer(i).parameters);
    if (old == nullptr) continue;
    cnn::BatchNormalization constrained = *old;
    if (constrained.min_gamma && *constrained.min_gamma != min_gamma) ++replaced;
    constrained.min_gamma = min_gamma;
    network.set_parameters(i, constrained);
  }
  return replaced;
}

}  // namespace akida::nn
