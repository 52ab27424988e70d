#include "nn/losses.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

namespace akida::nn {
namespace {

constexpr std::array kLosses = {
    LossName{LossType::kSparseCategoricalCrossentropy, "sparse-categorical-crossentropy",
             "cross-entropy with class labels"},
    LossName{LossType::kCategoricalCrossentropy, "categorical-crossentropy",
             "cross-entropy with class labels or one target probability per class"},
    LossName{LossType::kBinaryCrossentropy, "binary-crossentropy",
             "cross-entropy of independent outputs with targets in 0..1"},
    LossName{LossType::kSquaredHinge, "squared-hinge",
             "squared hinge with class labels or targets of -1 and 1"},
    LossName{LossType::kMeanSquaredError, "mse", "mean squared error"},
    LossName{LossType::kMeanAbsoluteError, "mae", "mean absolute error"},
    LossName{LossType::kYolo, "yolo", "YOLOv2 detection loss with box labels"},
};

// Smallest probability that Keras' KLDivergence lets into its logarithm.
constexpr double kClip = 1e-7;

}  // namespace

std::span<const LossName> loss_names() { return kLosses; }

std::string_view name_of(LossType type) { return kLosses[static_cast<std::size_t>(type)].name; }

void softmax(std::span<const double> logits, std::span<double> probabilities) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    probabilities[i] = std::exp(logits[i] - highest);
    sum += probabilities[i];
  }
  for (double& probability : probabilities) probability /= sum;
}

double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

double categorical_crossentropy(std::span<const double> logits, std::span<const double> targets,
                                std::span<double> gradient) {
  assert(logits.size() == targets.size() && logits.size() == gradient.size());
  const double highest = *std::max_element(logits.begin(), logits.end());
  double exponentials = 0, total = 0, dot = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    exponentials += std::exp(logits[i] - highest);
    total += targets[i];
    dot += targets[i] * (logits[i] - highest);
  }
  softmax(logits, gradient);
  for (std::size_t i = 0; i < logits.size(); ++i) gradient[i] = gradient[i] * total - targets[i];
  return total * std::log(exponentials) - dot;
}

double binary_crossentropy(std::span<const double> logits, std::span<const double> targets,
                           std::span<double> gradient) {
  assert(logits.size() == targets.size() && logits.size() == gradient.size());
  const auto count = static_cast<double>(logits.size());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double z = logits[i];
    sum += std::max(z, 0.0) - z * targets[i] + std::log1p(std::exp(-std::abs(z)));
    gradient[i] = (sigmoid(z) - targets[i]) / count;
  }
  return sum / count;
}

double squared_hinge(std::span<const double> outputs, std::span<const double> targets,
                     std::span<double> gradient) {
  assert(outputs.size() == targets.size() && outputs.size() == gradient.size());
  const auto count = static_cast<double>(outputs.size());
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double margin = std::max(1 - targets[i] * outputs[i], 0.0);
    sum += margin * margin;
    gradient[i] = -2 * targets[i] * margin / count;
  }
  return sum / count;
}

double mean_squared_error(std::span<const double> outputs, std::span<const double> targets,
                          std::span<double> gradient) {
  assert(outputs.size() == targets.size() && outputs.size() == gradient.size());
  const auto count = static_cast<double>(outputs.size());
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double difference = outputs[i] - targets[i];
    sum += difference * difference;
    gradient[i] = 2 * difference / count;
  }
  return sum / count;
}

double mean_absolute_error(std::span<const double> outputs, std::span<const double> targets,
                           std::span<double> gradient) {
  assert(outputs.size() == targets.size() && outputs.size() == gradient.size());
  const auto count = static_cast<double>(outputs.size());
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double difference = outputs[i] - targets[i];
    sum += std::abs(difference);
    gradient[i] = static_cast<double>((difference > 0) - (difference < 0)) / count;
  }
  return sum / count;
}

double kl_distillation(std::span<const double> student, std::span<const double> teacher,
                       double temperature, std::span<double> gradient) {
  assert(student.size() == teacher.size() && student.size() == gradient.size());
  const auto softened = [&](std::span<const double> logits) {
    std::vector<double> scaled(logits.begin(), logits.end()), result(logits.size());
    for (double& logit : scaled) logit /= temperature;
    softmax(scaled, result);
    return result;
  };
  const std::vector<double> p = softened(teacher), q = softened(student);
  double loss = 0, followed = 0;  // share of p whose q is not clipped: only there q has a gradient
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double clipped = std::max(p[i], kClip);
    loss += clipped * std::log(clipped / std::max(q[i], kClip));
    gradient[i] = q[i] > kClip ? clipped : 0;
    followed += gradient[i];
  }
  for (std::size_t i = 0; i < q.size(); ++i) {
    gradient[i] = (q[i] * followed - gradient[i]) / temperature;
  }
  return loss;
}

}  // namespace akida::nn
