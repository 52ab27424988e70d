// What runs a model of either kind, batch by batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "akida-run/layer_observers.h"
#include "akida-run/run_options.h"
#include "base/error.h"
#include "base/model_info.h"
#include "cnn/network.h"
#include "io/sample.h"
#include "snn/model.h"
#include "tensor/dense.h"

namespace akida::run {

// What a verb writes.
enum class Result : std::uint8_t { kForward, kEvaluate, kPredict };

// Of the samples of a batch, or of those before a refused one.
struct BatchResults {
  Dense classes;                 // i32 [samples]
  Dense values;                  // [samples, height, width, channels]; unused by kPredict
  std::optional<Error> refusal;  // why the next sample was refused
};

class InferenceBackend {
 public:
  virtual ~InferenceBackend() = default;

  [[nodiscard]] virtual const ModelInfo& info() const = 0;

  // Of the values of kForward or kEvaluate.
  [[nodiscard]] virtual DType value_type() const = 0;
  [[nodiscard]] virtual Shape value_shape() const = 0;

  // Opens the observers' streams, whose samples have the ids and labels of `input`. Called once,
  // before run. Throws kUsage for layers and values that do not exist.
  virtual void observe(const std::vector<ObserverSpec>& specs, const io::StreamHeader& input) = 0;

  // Bytes that the observers receive per sample.
  [[nodiscard]] virtual std::uint64_t observed_bytes() const = 0;

  [[nodiscard]] virtual BatchResults run(const io::Batch& batch) = 0;

  // Ends the observers' streams and gives the files their names.
  virtual void close() = 0;
};

// Throw kUsage where the last layer has no such results or classes, kInvalid where the model cannot
// run, both with the model's name.
[[nodiscard]] std::unique_ptr<InferenceBackend> make_backend(snn::Model model, Result result,
                                                             const RunOptions& options);
[[nodiscard]] std::unique_ptr<InferenceBackend> make_backend(cnn::Network network, Result result,
                                                             const RunOptions& options);

}  // namespace akida::run
