// Integer networks on the engine.
#include <utility>

#include "akida-run/inference_backend.h"
#include "base/error.h"
#include "engine/engine.h"
#include "engine/readout.h"

namespace akida::run {
namespace {

engine::Observed observed_of(const ObserverSpec& spec) {
  switch (spec.what) {
    case Observed::kSpikes:
      return engine::Observed::kSpikes;
    case Observed::kPotentials:
      return engine::Observed::kPotentials;
    case Observed::kValues:
      break;
  }
  fail(ErrorKind::kUsage, "--observe: layers of an integer network have spikes and potentials");
}

class EngineBackend final : public InferenceBackend {
 public:
  EngineBackend(snn::Model model, Result result, const RunOptions& options)
      : result_(result),
        classes_(classes_of(model, options)),
        engine_(std::move(model), {.jobs = options.jobs}),
        last_(engine_.model().layers().back()) {}

  [[nodiscard]] const ModelInfo& info() const override { return engine_.model().info; }

  [[nodiscard]] DType value_type() const override {
    if (result_ == Result::kEvaluate) return DType::kF32;
    return snn::outputs_potentials(last_) ? DType::kI32 : DType::kU8;
  }

  [[nodiscard]] Shape value_shape() const override { return last_.output_shape; }

  void observe(const std::vector<ObserverSpec>& specs, const io::StreamHeader& input) override {
    const snn::Model& model = engine_.model();
    for (const ObserverSpec& spec : specs) {
      const engine::Observed what = observed_of(spec);
      const std::size_t layer = in_context("--observe", [&] { return model.find(spec.layer); });
      const DType type = what == engine::Observed::kSpikes ? DType::kU8 : DType::kI32;
      ObserverStream* const stream =
          streams_.add(spec.path, input, type, model.layer(layer).output_shape);
      engine_.observe(layer, what, [stream](const io::Batch& batch, const Dense& values) {
        stream->write(batch, values);
      });
    }
  }

  [[nodiscard]] std::uint64_t observed_bytes() const override {
    return streams_.bytes_per_sample();
  }

  [[nodiscard]] BatchResults run(const io::Batch& batch) override {
    BatchResults results;
    Dense output;
    try {
      output = engine_.forward(batch);
    } catch (const engine::SampleError& error) {
      output = error.completed();
      results.refusal = error;
    }
    results.classes = engine::predict_classes(last_, output, classes_);
    if (result_ == Result::kEvaluate) {
      results.values = engine::evaluate_potentials(last_, output);
    } else {
      results.values = std::move(output);
    }
    return results;
  }

  void close() override { streams_.close(); }

 private:
  Result result_;
  std::int32_t classes_;
  ObserverStreams streams_;  // the engine's observers write to them
  engine::Engine engine_;
  const snn::Layer& last_;
};

}  // namespace

std::unique_ptr<InferenceBackend> make_backend(snn::Model model, Result result,
                                               const RunOptions& options) {
  return in_context(options.model, [&] {
    const snn::Layer& last = model.layers().back();
    if (result == Result::kEvaluate) engine::require_potentials(last);
    static_cast<void>(engine::neurons_per_class(last, classes_of(model, options)));
    return std::make_unique<EngineBackend>(std::move(model), result, options);
  });
}

}  // namespace akida::run
