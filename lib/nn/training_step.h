// One step of training on one batch: forward, loss, backward, optimizer, limits. Internal to nn.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "cnn/network.h"
#include "nn/batch_loader.h"
#include "nn/network_executor.h"
#include "nn/objective.h"
#include "nn/optimizer.h"
#include "nn/training_options.h"

namespace akida::nn {

// The objective of `samples` for `network`, which ends where the loss is computed. Throws kInvalid,
// naming the samples, where their shape, their label kind or a label does not fit.
[[nodiscard]] Objective objective_for(const cnn::Network& network, LossType loss,
                                      const SampleSet& samples);

class TrainingStep {
 public:
  // Works on the variables of a copy of `network`, for batches of `samples`. Throws kUsage for a
  // layer that does not exist, kInvalid where samples, loss, network and teacher do not fit.
  TrainingStep(const cnn::Network& network, const TrainingOptions& options,
               const SampleSet& samples);

  // Checks other samples to be scored, as the constructor does.
  void check(const SampleSet& samples) const;

  [[nodiscard]] MetricType metric() const { return objective_.metric(); }
  [[nodiscard]] const Optimizer& optimizer() const { return optimizer_; }

  // Changes the variables by one step. Returns the means over the batch from before it; the loss
  // includes the teacher's and the penalties. Throws kInvalid naming a layer where the loss is not
  // finite; the variables are then those from before.
  Score train(const TrainingBatch& batch, double learning_rate);

  // The means over the batch as in inference, by the labels alone.
  [[nodiscard]] Score score(const TrainingBatch& batch);

  // Penalties on weights and, in training, on activities.
  [[nodiscard]] double weight_penalty() const;

  // Throws kInvalid naming the first variable with a value that is not finite.
  void require_finite() const;

  // Between the step's variables and those of the whole network.
  void copy_variables_to(cnn::Network& whole) const;
  void restore(const cnn::Network& whole, std::uint64_t steps,
               std::vector<std::vector<float>> optimizer_state);

 private:
  // A variable that the optimizer changes.
  struct Trained {
    std::size_t layer;
    std::size_t variable;
    cnn::Regularizer regularizer;
    bool positive;                // must stay above 0
    std::vector<float> gradient;  // with the penalty's
  };

  [[nodiscard]] std::vector<Trained> find_trained() const;
  [[nodiscard]] Optimizer make_optimizer() const;
  [[nodiscard]] Score score_outputs(const TrainingBatch& batch, std::span<const float> outputs,
                                    std::span<const float> teacher);
  void distill(std::span<const double> student, std::span<const float> teacher, Score& score,
               std::span<double> gradient) const;
  void collect_gradients();
  [[nodiscard]] std::span<float> values_of(const Trained& trained);
  void change_variables(double learning_rate);
  [[noreturn]] void refuse_loss(double loss) const;

  TrainingOptions options_;
  cnn::Network network_;                 // up to the logits
  std::optional<cnn::Network> teacher_;  // up to its logits
  Objective objective_;
  std::size_t first_trained_;  // layer
  std::vector<Trained> trained_;
  Optimizer optimizer_;
  NetworkExecutor executor_;
  std::optional<NetworkExecutor> teacher_executor_;
  std::vector<float> gradient_;  // of the loss, by the outputs of the batch
};

}  // namespace akida::nn
