// What one layer computes on a shard of a batch, forward and backward.
//
// Activations are [samples][shape of the layer] in float32. An operation is shared by all threads;
// what it stores while they run it stores per shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cnn/network.h"
#include "nn/onednn.h"

namespace akida::nn {

// How the batches of an executor are cut: shards of `shard_samples`, the last one may be shorter.
struct BatchCut {
  std::size_t batch = 0;          // the most samples
  std::size_t shard_samples = 0;  // of every shard but the last

  [[nodiscard]] std::size_t shards(std::size_t samples) const {
    return (samples + shard_samples - 1) / shard_samples;
  }
};

// Samples first .. first + samples - 1 of a batch.
struct Shard {
  std::size_t index = 0;
  std::size_t first = 0;
  std::size_t samples = 0;
};

// One pass over a batch.
struct Pass {
  bool training = false;
  std::size_t samples = 0;
  std::vector<Shard> shards;
  // Names the random numbers of a training pass.
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
};

struct ForwardValues {
  std::span<const float* const> inputs;  // one per inbound layer
  float* output = nullptr;
};

struct BackwardValues {
  std::span<const float* const> inputs;  // as in the forward pass
  const float* output = nullptr;
  const float* output_gradient = nullptr;
  std::span<float* const> input_gradients;     // to be overwritten; null where nobody asks
  std::span<float* const> variable_gradients;  // of this shard, likewise; one per variable
};

// Statistics over a whole batch, in three steps: every shard collects, one thread combines what
// they found, and then forward (or backward) runs for every shard.
class BatchStatistics {
 public:
  virtual ~BatchStatistics() = default;
  virtual void collect(const Shard& shard, const float* input) = 0;
  virtual void combine(const Pass& pass) = 0;
  virtual void collect_gradients(const Shard& shard, const float* input,
                                 const float* output_gradient) = 0;
  virtual void combine_gradients(const Pass& pass) = 0;
  // Mixes the last training pass's statistics into the layer's moving ones.
  virtual void update_moving(std::span<cnn::Variable> variables) const = 0;
};

class LayerOperation {
 public:
  virtual ~LayerOperation() = default;

  // Called before the shards of every forward pass, on one thread: reads the layer's variables.
  virtual void start(const cnn::Layer& layer, const Pass& pass, Scratch& scratch);

  virtual void forward(const Shard& shard, const ForwardValues& values, Scratch& scratch) = 0;

  // After a forward pass of training. Only called where some gradient is wanted.
  virtual void backward(const Shard& shard, const BackwardValues& values, Scratch& scratch) = 0;

  // After all shards have run backward: turns the sums of their gradients, one per variable (empty:
  // none), into those of the variables, where these differ from what the layer computes with.
  virtual void finish_gradients(const cnn::Layer& layer, std::span<const std::span<float>> totals);

  // What has to be collected between the shards of a pass of training; null: nothing.
  [[nodiscard]] virtual BatchStatistics* batch_statistics() { return nullptr; }

  // The activity regularizer's sum over the shard's samples in the last training pass.
  [[nodiscard]] virtual double activity_penalty(std::size_t /*shard*/) const { return 0; }
};

inline void LayerOperation::start(const cnn::Layer& /*layer*/, const Pass& /*pass*/,
                                  Scratch& /*scratch*/) {}

inline void LayerOperation::finish_gradients(const cnn::Layer& /*layer*/,
                                             std::span<const std::span<float>> /*totals*/) {}

// What an operation is made for.
struct OperationSetup {
  const cnn::Network& network;
  std::size_t layer;
  BatchCut cut;
  bool trained;         // gradients of its variables and inputs may be asked for
  bool input_gradient;  // those of its inputs will be
};

// The operation of a layer; null for layers whose output is their input: Flatten, Reshape, linear
// activations, Dropout that never drops. Throws kUnsupported for a layer that nobody computes.
[[nodiscard]] std::unique_ptr<LayerOperation> make_operation(const OperationSetup& setup);

}  // namespace akida::nn
