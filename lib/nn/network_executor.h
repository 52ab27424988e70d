// Runs and differentiates a cnn::Network on batches of samples, in float32; inference passes of
// networks that can become SNNs are exact integer arithmetic.
//
// A batch is cut into shards of samples; one thread computes a shard, and what concerns all samples
// (gradients of variables, batch statistics) is summed in the order of the shards. The cut depends
// on ExecutorOptions::batch alone, so results do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cnn/network.h"
#include "tensor/dense.h"

namespace akida::nn {

struct ExecutorOptions {
  std::size_t batch = 32;             // the most samples of one call
  int jobs = 0;                       // threads; 0: one per processor
  std::vector<std::size_t> observed;  // layers whose outputs inference keeps besides the last one's
  bool training = false;              // forward_training and backward will be called
  // Layers before this one work as in inference and get no gradients, also in training.
  std::size_t first_trained = 0;
};

class NetworkExecutor {
 public:
  // `network` outlives the executor and keeps its layers; values of its variables may change
  // between calls, every forward pass reads them anew. Throws kInvalid where the network is empty
  // or does not begin with its only Input, kUsage where a layer of the options does not exist.
  NetworkExecutor(const cnn::Network& network, const ExecutorOptions& options);
  ~NetworkExecutor();
  NetworkExecutor(NetworkExecutor&&) noexcept;
  NetworkExecutor& operator=(NetworkExecutor&&) noexcept;

  // The inference pass. `samples`: u8, i32 or f32 values as stored in a stream, [n, height, width,
  // channels] or [n, features], 1 <= n <= batch (kInvalid otherwise); the network's input scaling
  // is applied here: x = (u - scaling_b) / scaling_a. Returns the outputs of the last layer,
  // [n][output shape]; they are valid until the next forward pass.
  //
  // A quantized network that can become an SNN (lower/lowered_network.h) computes what that will
  // compute, where all samples are integers that the SNN takes: its activations are levels of exact
  // integer potentials. Else activations are cut in float32.
  std::span<const float> forward(const akida::Dense& samples);

  // The training pass: batch normalization uses the batch's statistics, dropout drops. Its random
  // numbers are drawn from seed, step, layer and the sample's place in the batch. The executor was
  // made for training; all layers' outputs are kept.
  std::span<const float> forward_training(const akida::Dense& samples, std::uint64_t seed,
                                          std::uint32_t step);

  // Gradients of a loss whose gradient by the outputs of the last forward_training is
  // `output_gradient`, [n][output shape]. Those of activity regularizers are added, those of
  // kernel regularizers are not (nn/regularization.h).
  void backward(std::span<const float> output_gradient);

  // The last pass's output of layer `index`, [n][output shape of the layer]. After an inference
  // pass the layer must be an observed one or the last (kUsage otherwise).
  [[nodiscard]] std::span<const float> output(std::size_t index) const;

  // Whether the last pass was integer arithmetic.
  [[nodiscard]] bool used_integers() const;

  // The last backward's gradient of network.layer(index).variables[variable], in the variable's own
  // order; empty where it has none: variables that are not trainable, layers before first_trained
  // and layers that the output does not depend on.
  [[nodiscard]] std::span<const float> gradient(std::size_t index, std::size_t variable) const;

  // The activity regularizers' part of the loss of the last forward_training: the mean over the
  // samples of l1 * sum |y| + l2 * sum y^2, of trained layers that the output depends on.
  [[nodiscard]] double activity_penalty() const;

  // Writes the moving means and variances after the last forward_training into `network`, the one
  // that the executor runs or a copy:
  //   moving = momentum * moving + (1 - momentum) * of the batch.
  // As in Keras, the variance that enters is the batch's times N / (N - 1) for maps (N values per
  // channel) and the batch's own for vectors.
  void update_moving_statistics(cnn::Network& network) const;

  // Index of the first layer whose output in the last pass has an element that is not finite, among
  // the layers whose outputs are kept.
  [[nodiscard]] std::optional<std::size_t> first_not_finite() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace akida::nn
