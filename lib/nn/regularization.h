// Penalties on weights (Keras' kernel_regularizer and its kin) and limits of weights.
#pragma once

#include <cstddef>
#include <span>

#include "cnn/network.h"

namespace akida::nn {

// The regularizer of variable `index` of a layer; all zero where it has none.
[[nodiscard]] cnn::Regularizer regularizer_of(const cnn::Layer& layer, std::size_t index);

// l1 * sum |w| + l2 * sum w^2, in double.
[[nodiscard]] double penalty(const cnn::Regularizer& regularizer, std::span<const float> weights);

// Adds the penalty's gradient, l1 * sign(w) + 2 * l2 * w.
void add_penalty_gradient(const cnn::Regularizer& regularizer, std::span<const float> weights,
                          std::span<float> gradient);

// Raises every gamma of a layer below its min_gamma to it; a training step's last act. Does
// nothing for other layers.
void apply_min_gamma(cnn::Network& network, std::size_t layer);

// For variables that must stay above 0, as ranges of quantizers: an optimizer's step that would
// take one below half of what it was, `old`, takes it to that half.
void limit_fall(std::span<const float> old, std::span<float> values);

// The documented add_gamma_constraint: every batch normalization gets `min_gamma`, which holds from
// the next training step on. Returns the number of layers whose other min_gamma it replaced.
std::size_t add_gamma_constraint(cnn::Network& network, float min_gamma);

}  // namespace akida::nn
