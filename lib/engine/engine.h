// Runs an integer spiking network on samples: exact potentials, levels, classes.
//
// Semantics: DESIGN section 6. Every kernel variant and every number of threads gives the same
// bits. An Engine owns its model, which does not change; give it a copy or move one in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engine/statistics.h"
#include "io/sample.h"
#include "snn/model.h"
#include "tensor/dense.h"

namespace akida::engine {

struct EngineOptions {
  int jobs = 0;  // threads; 0: the processors this process may run on
};

// A sample that the input layer refuses: a coordinate or a value outside the declared range.
// Nothing of it was processed; observers and statistics saw the samples before it.
class SampleError : public Error {
 public:
  SampleError(const std::string& message, Dense completed)
      : Error(ErrorKind::kInvalid, message), completed_(std::move(completed)) {}

  // What the interrupted call (forward, evaluate, predict) had to return for the samples before
  // the refused one: the first dimension is their number.
  [[nodiscard]] const Dense& completed() const { return completed_; }

 private:
  Dense completed_;
};

// What an observer receives of a layer.
enum class Observed : std::uint8_t {
  kSpikes,      // u8 levels
  kPotentials,  // i32 after pooling, 0 where the threshold is not met; all where activations are
                // off
};

// Called on the thread of forward, evaluate or predict when a batch is done: the batch and the
// layer's values [samples, height, width, channels]. After a SampleError, `values` has fewer
// samples than the batch.
using Observer = std::function<void(const io::Batch& batch, const Dense& values)>;

// The non-zero inputs of one layer, sample after sample.
struct InputEvents {
  Shape shape;                         // of the layer's input
  std::vector<std::size_t> begin;      // samples + 1 positions in `index`
  std::vector<std::uint32_t> index;    // (y * width + x) * channels + c, rising in each sample
  std::optional<std::string> refused;  // why the next sample of the batch was refused
};

// One call at a time; several engines, also of one model, may run at the same time.
class Engine {
 public:
  // Throws kInvalid where the model is empty, a potential can leave int32 or a layer's input or
  // output has more than 2^30 values.
  explicit Engine(snn::Model model, EngineOptions options = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Stays where it is for the life of the engine.
  [[nodiscard]] const snn::Model& model() const;

  // Batches are dense u8 [samples, height, width, channels] or, for InputData, events; the empty
  // batch is allowed. Throws kInvalid for another type or shape, SampleError for a bad value,
  // naming the sample's id and the event or the place.
  //
  // The last layer's output [samples, height, width, channels]: u8 levels, or i32 potentials
  // where its activations are off.
  [[nodiscard]] Dense forward(const io::Batch& batch);

  // f32 [samples, height, width, channels], see evaluate_potentials. Throws kUsage where the last
  // layer has activations.
  [[nodiscard]] Dense evaluate(const io::Batch& batch);

  // i32 [samples], see predict_classes. num_classes 0: one class per neuron.
  [[nodiscard]] Dense predict(const io::Batch& batch, std::int32_t num_classes = 0);

  // Runs all layers but the last and returns the last layer's non-zero inputs: what learning
  // works on. Observers of the last layer are not called and its statistics do not change.
  // Instead of throwing SampleError, returns the samples before the refused one and the reason.
  // Throws kUsage where the last layer is an input layer.
  [[nodiscard]] InputEvents last_layer_events(const io::Batch& batch);

  // Calls `observer` with every batch from now on; returns a handle for unobserve. Throws kUsage
  // where the layer does not exist or has no such values (potentials of InputData and of a Concat
  // of levels, spikes of a layer with activations off).
  int observe(std::size_t layer, Observed what, Observer observer);
  void unobserve(int handle);

  // Of every layer, over all samples since construction or the last reset.
  [[nodiscard]] std::vector<LayerStatistics> statistics() const;
  void reset_statistics();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akida::engine
