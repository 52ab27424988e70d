// Edge learning from batches: the layers before the last run in parallel, the last one learns
// sample by sample.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/engine.h"
#include "engine/learner.h"
#include "io/sample.h"
#include "snn/model.h"
#include "tensor/dense.h"

namespace akida::engine {

// Where the labels of a fit come from.
enum class FitLabels : std::uint8_t {
  kOfBatch,  // the samples' classes; -1 (unknown) is no class of the layer
  kFixed,    // one label for all
  kNone,     // unlabelled: every neuron may learn
};

struct FitOptions {
  FitLabels labels = FitLabels::kOfBatch;
  std::int32_t label = 0;  // kFixed
};

// Samples seen by fit; the three parts add up to `samples`.
struct FitCounts {
  std::uint64_t samples = 0;
  std::uint64_t learned = 0;     // one neuron changed
  std::uint64_t unanswered = 0;  // no neuron could learn
  std::uint64_t discarded = 0;   // the label is no class of the layer

  bool operator==(const FitCounts&) const = default;
};

// Changes the weights and the learning state of `model`'s last layer; the model must outlive the
// trainer, and its layers must not be replaced meanwhile. All state is in the model: a new trainer
// on the saved and reloaded model continues exactly where this one stopped, and the number of
// threads changes nothing.
class Trainer {
 public:
  // Throws kInvalid when the last layer is not compiled for learning.
  explicit Trainer(snn::Model& model, EngineOptions options = {});

  // Learns from the samples in order. Returns what Engine::forward would have returned for each
  // sample just before it was learned: [samples, height, width, neurons], u8 levels or, where the
  // last layer's activations are off, i32 potentials. Throws kUsage where labels are kOfBatch and
  // the batch has none, kInvalid as Engine::forward does, and SampleError for a bad value: the
  // samples before it have then been learned, and the error holds their outputs.
  Dense fit(const io::Batch& batch, const FitOptions& options = {});

  // Over all calls of fit.
  [[nodiscard]] const FitCounts& counts() const { return counts_; }

 private:
  void count(LearnResult result);
  void write_levels(std::span<const std::int32_t> potentials, std::span<std::uint8_t> levels);

  Engine engine_;
  Learner learner_;
  Shape output_;
  // Per boundary and neuron, see snn/activation.h, within int32; empty for potentials.
  std::vector<std::int32_t> boundaries_;
  FitCounts counts_;
};

}  // namespace akida::engine
