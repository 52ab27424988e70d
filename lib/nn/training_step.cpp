#include "nn/training_step.h"

#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "base/error.h"
#include "cnn/shapes.h"
#include "nn/logits.h"
#include "nn/regularization.h"

namespace akida::nn {
namespace {

void require_shape(const io::StreamHeader& header, const cnn::Network& network) {
  const Shape& shape = header.shape;
  const cnn::Dims map = {shape.height, shape.width, shape.channels};
  const cnn::Dims& input = network.input_shape();
  const bool flat = input.size() == 1 && shape.size() == input[0];
  if (map != input && !flat) {
    fail(ErrorKind::kInvalid, "samples of {} do not fit the network's input {}",
         cnn::to_string(map), cnn::to_string(input));
  }
}

// The teacher up to its logits, whatever the student's loss.
std::optional<cnn::Network> logits_of_teacher(const TrainingOptions& options,
                                              const cnn::Network& student) {
  const cnn::Network* teacher = options.distillation.teacher;
  if (teacher == nullptr) return std::nullopt;
  cnn::Network logits = up_to_logits(*teacher, LossType::kCategoricalCrossentropy);
  if (logits.input_shape() != student.input_shape()) {
    fail(ErrorKind::kInvalid, "the teacher's input {} is not the student's {}",
         cnn::to_string(logits.input_shape()), cnn::to_string(student.input_shape()));
  }
  if (cnn::element_count(logits.output_shape()) != cnn::element_count(student.output_shape())) {
    fail(ErrorKind::kInvalid, "the teacher's outputs {} are not the student's {}",
         cnn::to_string(logits.output_shape()), cnn::to_string(student.output_shape()));
  }
  return logits;
}

ExecutorOptions inference_options(const TrainingOptions& options) {
  return {.batch = options.batch_size, .jobs = options.jobs, .observed = {}};
}

ExecutorOptions training_options(const TrainingOptions& options, std::size_t first_trained) {
  ExecutorOptions result = inference_options(options);
  result.training = true;
  result.first_trained = first_trained;
  return result;
}

void copy_variables(const cnn::Network& from, cnn::Network& to) {
  const std::size_t layers = std::min(from.layers().size(), to.layers().size());
  for (std::size_t i = 0; i < layers; ++i) to.variables(i) = from.layer(i).variables;
}

}  // namespace

Objective objective_for(const cnn::Network& network, LossType loss, const SampleSet& samples) {
  return in_context(samples.name(), [&] {
    require_shape(samples.header(), network);
    Objective objective(loss, samples.header(), network.output_shape(), network.info.anchors);
    objective.check_labels(samples);
    return objective;
  });
}

TrainingStep::TrainingStep(const cnn::Network& network, const TrainingOptions& options,
                           const SampleSet& samples)
    : options_(options),
      network_(up_to_logits(network, options.loss)),
      teacher_(logits_of_teacher(options, network_)),
      objective_(objective_for(network_, options.loss, samples)),
      first_trained_(options.freeze_before.empty() ? 0 : network_.find(options.freeze_before)),
      trained_(find_trained()),
      optimizer_(make_optimizer()),
      executor_(network_, training_options(options, first_trained_)) {
  if (trained_.empty()) fail(ErrorKind::kInvalid, "no variable of the network is to be trained");
  if (teacher_) teacher_executor_.emplace(*teacher_, inference_options(options));
}

void TrainingStep::check(const SampleSet& samples) const {
  (void)objective_for(network_, options_.loss, samples);
}

std::vector<TrainingStep::Trained> TrainingStep::find_trained() const {
  std::vector<Trained> trained;
  for (std::size_t index = first_trained_; index < network_.layers().size(); ++index) {
    const cnn::Layer& layer = network_.layer(index);
    const std::vector<cnn::VariableSpec> specs = cnn::variable_specs(layer);
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (!specs[i].trainable) continue;
      const auto size = static_cast<std::size_t>(layer.variables[i].value.size());
      trained.push_back({.layer = index,
                         .variable = i,
                         .regularizer = regularizer_of(layer, i),
                         .positive = specs[i].positive,
                         .gradient = std::vector<float>(size)});
    }
  }
  return trained;
}

Optimizer TrainingStep::make_optimizer() const {
  std::vector<std::size_t> sizes;
  for (const Trained& trained : trained_) sizes.push_back(trained.gradient.size());
  return {options_.optimizer, sizes};
}

Score TrainingStep::train(const TrainingBatch& batch, double learning_rate) {
  const auto step = checked_cast<std::uint32_t>(optimizer_.steps(), "steps");
  const std::span<const float> teacher =
      teacher_executor_ ? teacher_executor_->forward(batch.values) : std::span<const float>{};
  const std::span<const float> outputs =
      executor_.forward_training(batch.values, options_.seed, step);
  Score score = score_outputs(batch, outputs, teacher);
  score.loss += weight_penalty() + executor_.activity_penalty();
  if (!std::isfinite(score.loss)) refuse_loss(score.loss);
  executor_.backward(gradient_);
  executor_.update_moving_statistics(network_);
  collect_gradients();
  change_variables(learning_rate);
  return score;
}

Score TrainingStep::score(const TrainingBatch& batch) {
  Score score = score_outputs(batch, executor_.forward(batch.values), {});
  score.loss += weight_penalty();
  return score;
}

// Means over the batch; gradient_ becomes the loss's gradient.
Score TrainingStep::score_outputs(const TrainingBatch& batch, std::span<const float> outputs,
                                  std::span<const float> teacher) {
  const std::size_t samples = batch.labels.size();
  const std::size_t size = outputs.size() / samples;
  const auto count = static_cast<double>(samples);
  const double weight = objective_.sums_over_batch() ? 1 : 1 / count;
  gradient_.resize(outputs.size());
  std::vector<double> values(size), gradient(size);
  Score mean;
  for (std::size_t i = 0; i < samples; ++i) {
    std::ranges::copy(outputs.subspan(i * size, size), values.begin());
    Score score = objective_.score(batch.labels[i], values, gradient);
    if (!teacher.empty()) distill(values, teacher.subspan(i * size, size), score, gradient);
    mean.loss += score.loss / count;
    mean.metric += score.metric / count;
    for (std::size_t j = 0; j < size; ++j) {
      gradient_[i * size + j] = static_cast<float>(weight * gradient[j]);
    }
  }
  return mean;
}

// Mixes the teacher's loss and gradient into those of the labels.
void TrainingStep::distill(std::span<const double> student, std::span<const float> teacher,
                           Score& score, std::span<double> gradient) const {
  const Distillation& how = options_.distillation;
  const std::vector<double> wanted(teacher.begin(), teacher.end());
  std::vector<double> by_teacher(student.size());
  const double loss = kl_distillation(student, wanted, how.temperature, by_teacher);
  score.loss = how.alpha * score.loss + (1 - how.alpha) * loss;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] = how.alpha * gradient[i] + (1 - how.alpha) * by_teacher[i];
  }
}

double TrainingStep::weight_penalty() const {
  double sum = 0;
  for (const Trained& trained : trained_) {
    if (trained.regularizer == cnn::Regularizer{}) continue;
    const cnn::Variable& variable = network_.layer(trained.layer).variables[trained.variable];
    sum += penalty(trained.regularizer, variable.value.data<float>());
  }
  return sum;
}

void TrainingStep::collect_gradients() {
  for (Trained& trained : trained_) {
    const std::span<const float> gradient = executor_.gradient(trained.layer, trained.variable);
    if (gradient.empty()) {  // the output does not depend on it
      std::ranges::fill(trained.gradient, 0.0F);
    } else {
      std::ranges::copy(gradient, trained.gradient.begin());
    }
    if (trained.regularizer == cnn::Regularizer{}) continue;
    const cnn::Variable& variable = network_.layer(trained.layer).variables[trained.variable];
    add_penalty_gradient(trained.regularizer, variable.value.data<float>(), trained.gradient);
  }
}

std::span<float> TrainingStep::values_of(const Trained& trained) {
  return network_.variables(trained.layer)[trained.variable].value.data<float>();
}

void TrainingStep::change_variables(double learning_rate) {
  std::vector<std::span<float>> variables;
  std::vector<std::span<const float>> gradients;
  std::vector<std::vector<float>> old(trained_.size());  // of those that stay above 0
  for (std::size_t i = 0; i < trained_.size(); ++i) {
    variables.push_back(values_of(trained_[i]));
    gradients.emplace_back(trained_[i].gradient);
    if (trained_[i].positive) old[i].assign(variables[i].begin(), variables[i].end());
  }
  optimizer_.step(learning_rate, variables, gradients, options_.jobs);
  for (std::size_t i = 0; i < trained_.size(); ++i) {
    if (trained_[i].positive) limit_fall(old[i], variables[i]);
  }
  for (std::size_t layer = first_trained_; layer < network_.layers().size(); ++layer) {
    apply_min_gamma(network_, layer);
  }
}

void TrainingStep::require_finite() const {
  for (const cnn::Layer& layer : network_.layers()) {
    for (const cnn::Variable& variable : layer.variables) {
      const std::span<const float> values = variable.value.data<float>();
      if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
        fail(ErrorKind::kInvalid, "layer '{}': {} has values that are not finite", layer.name,
             variable.name);
      }
    }
  }
}

void TrainingStep::refuse_loss(double loss) const {
  require_finite();
  const std::size_t last = network_.layers().size() - 1;
  fail(ErrorKind::kInvalid, "layer '{}': the loss {} is not finite",
       network_.layer(executor_.first_not_finite().value_or(last)).name, std::abs(loss));
}

void TrainingStep::copy_variables_to(cnn::Network& whole) const { copy_variables(network_, whole); }

void TrainingStep::restore(const cnn::Network& whole, std::uint64_t steps,
                           std::vector<std::vector<float>> optimizer_state) {
  optimizer_.restore(steps, std::move(optimizer_state));
  copy_variables(whole, network_);
}

}  // namespace akida::nn
