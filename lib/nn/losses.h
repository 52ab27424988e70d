// Losses of one sample: the value, and its gradient by the network's outputs.
//
// Formulas of tf.keras.losses, in double. Losses of probabilities are computed from the values that
// enter the final softmax or sigmoid (logits), where they are exact and never infinite; a network
// that ends in one is trained on what enters it (nn/logits.h).
//
// All spans of one call have the same length, at least 1; `gradient` is overwritten.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace akida::nn {

enum class LossType : std::uint8_t {
  kSparseCategoricalCrossentropy,
  kCategoricalCrossentropy,
  kBinaryCrossentropy,
  kSquaredHinge,
  kMeanSquaredError,
  kMeanAbsoluteError,
  kYolo,
};

struct LossName {
  LossType type;
  const char* name;     // "squared-hinge"
  const char* purpose;  // for help texts
};

// Every loss, in the order of LossType.
[[nodiscard]] std::span<const LossName> loss_names();
[[nodiscard]] std::string_view name_of(LossType type);

// -sum_i t_i log softmax(z)_i; targets t are probabilities, one-hot for a class.
[[nodiscard]] double categorical_crossentropy(std::span<const double> logits,
                                              std::span<const double> targets,
                                              std::span<double> gradient);

// Mean of -t log s - (1 - t) log(1 - s) with s = sigmoid(z); targets in 0..1.
[[nodiscard]] double binary_crossentropy(std::span<const double> logits,
                                         std::span<const double> targets,
                                         std::span<double> gradient);

// Mean of max(1 - t y, 0)^2; targets are -1 or 1.
[[nodiscard]] double squared_hinge(std::span<const double> outputs, std::span<const double> targets,
                                   std::span<double> gradient);

// Mean of (y - t)^2.
[[nodiscard]] double mean_squared_error(std::span<const double> outputs,
                                        std::span<const double> targets,
                                        std::span<double> gradient);

// Mean of |y - t|; the gradient at 0 is 0.
[[nodiscard]] double mean_absolute_error(std::span<const double> outputs,
                                         std::span<const double> targets,
                                         std::span<double> gradient);

// Knowledge distillation, the documented KLDistillationLoss: sum_i p_i log(p_i / q_i) with
// p = softmax(teacher / T) and q = softmax(student / T), both clipped to 1e-7..1; not multiplied
// by T^2. The gradient is by the student's logits.
// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015.
[[nodiscard]] double kl_distillation(std::span<const double> student,
                                     std::span<const double> teacher, double temperature,
                                     std::span<double> gradient);

// exp(z_i) / sum_j exp(z_j), computed without overflow.
void softmax(std::span<const double> logits, std::span<double> probabilities);

// 1 / (1 + exp(-z)).
[[nodiscard]] double sigmoid(double logit);

}  // namespace akida::nn
