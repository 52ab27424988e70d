// forward, evaluate and predict: samples in, results out.
#include <memory>

#include "akida-run/accuracy.h"
#include "akida-run/layer_observers.h"
#include "akida-run/prediction_writer.h"
#include "akida-run/run_options.h"
#include "akida-run/run_verbs.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "engine/engine.h"
#include "engine/readout.h"

namespace akida::run {
namespace {

enum class Result { kForward, kEvaluate, kPredict };

struct InferenceOptions {
  RunOptions run;
  std::string output;  // empty: standard output, or nothing with --accuracy
  std::vector<std::string> observe;
};

// Where the results go and in which form; no path: nowhere.
struct Destination {
  std::optional<std::string> path;
  std::string format;
};

Destination destination_of(Result result, const InferenceOptions& options) {
  Destination destination;
  if (!options.output.empty()) {
    destination.path = options.output;
  } else if (!options.run.accuracy) {
    destination.path = "-";
  }
  destination.format = options.run.format;
  if (destination.format.empty()) {
    const bool lines = result == Result::kPredict && destination.path == "-";
    destination.format = lines ? "text" : "aks";
  }
  return destination;
}

bool is_binary(const std::string& format) { return format == "aks" || format == "npy"; }

// What may be said without opening anything.
void check(const InferenceOptions& options, const Destination& destination,
           const std::vector<ObserverSpec>& observers) {
  cli::require_one_standard_input({options.run.model, options.run.data});
  std::vector<std::string> outputs;
  if (destination.path) outputs.push_back(*destination.path);
  if (options.run.accuracy) outputs.emplace_back("-");
  for (const ObserverSpec& observer : observers) {
    cli::require_no_terminal(observer.path);
    outputs.push_back(observer.path);
  }
  cli::require_separate_outputs(outputs, options.run.data);
  if (destination.path && is_binary(destination.format)) {
    cli::require_no_terminal(*destination.path);
  }
}

// Runs the samples of one stream and hands every batch's results on.
class Inference {
 public:
  Inference(Result result, snn::Model model, const InferenceOptions& options,
            const Destination& destination, const std::vector<ObserverSpec>& observers)
      : result_(result),
        classes_(classes_of(model, options.run)),
        engine_(in_context(
            options.run.model,
            [&] { return engine::Engine(std::move(model), {.jobs = options.run.jobs}); })),
        last_(engine_.model().layers().back()),
        input_(options.run.data, options.run.progress),
        header_(named_header(input_.header(), engine_.model())),
        observers_(engine_, observers, header_),
        writes_lines_to_pipe_(destination.path == "-" && !is_binary(destination.format)) {
    if (options.run.accuracy) {
      require_labels(input_, "to compare with");
      accuracy_.emplace();
    }
    if (destination.path) {
      writer_ = open_predictions(*destination.path, destination.format, layout());
    }
    input_.bound_batches(observers_.bytes_per_sample() +
                         4 * static_cast<std::uint64_t>(last_.output_shape.size()));
  }

  void run() {
    io::Batch batch;
    while (input_.next(batch)) run_batch(batch);
    if (writer_) writer_->close();
    observers_.close();
  }

  [[nodiscard]] const std::optional<Accuracy>& accuracy() const { return accuracy_; }

 private:
  [[nodiscard]] PredictionLayout layout() const {
    PredictionLayout layout{.input = header_, .type = DType::kU8, .shape = last_.output_shape};
    if (result_ == Result::kPredict) {
      layout.type = DType::kI32;
      layout.shape = {.width = 1, .height = 1, .channels = 1};
      layout.only_classes = true;
    } else if (result_ == Result::kEvaluate) {
      layout.type = DType::kF32;
    } else if (snn::outputs_potentials(last_)) {
      layout.type = DType::kI32;
    }
    return layout;
  }

  // Lines about the samples before a refused one are still worth having in a pipe; files and
  // streams are whole or not at all.
  void run_batch(const io::Batch& batch) {
    Dense output;
    std::optional<Error> refusal;
    try {
      output = engine_.forward(batch);
    } catch (const engine::SampleError& error) {
      output = error.completed();
      refusal = error.with_context(input_.name());
    } catch (const Error& error) {
      throw error.with_context(input_.name());
    }
    hand_on(batch, output);
    if (!refusal) return;
    if (writes_lines_to_pipe_) writer_->close();
    throw Error(*refusal);
  }

  void hand_on(const io::Batch& batch, const Dense& output) {
    const Dense classes = engine::predict_classes(last_, output, classes_);
    if (accuracy_) accuracy_->count(batch, classes);
    if (!writer_) return;
    switch (result_) {
      case Result::kForward:
        writer_->write(batch, classes, output);
        break;
      case Result::kEvaluate:
        writer_->write(batch, classes, engine::evaluate_potentials(last_, output));
        break;
      case Result::kPredict:
        writer_->write(
            batch, classes,
            Dense::from<std::int32_t>(classes.data<std::int32_t>(), {classes.size(), 1, 1, 1}));
        break;
    }
  }

  Result result_;
  std::int32_t classes_;
  engine::Engine engine_;
  const snn::Layer& last_;
  cli::SampleInput input_;
  io::StreamHeader header_;
  LayerObservers observers_;
  std::optional<Accuracy> accuracy_;
  std::unique_ptr<PredictionWriter> writer_;
  bool writes_lines_to_pipe_;
};

// Throws kUsage where the last layer has no such results or classes.
void check_last_layer(Result result, const snn::Model& model, const RunOptions& options) {
  const snn::Layer& last = model.layers().back();
  in_context(options.model, [&] {
    if (result == Result::kEvaluate) engine::require_potentials(last);
    static_cast<void>(engine::neurons_per_class(last, classes_of(model, options)));
  });
}

int run_inference(Result result, const InferenceOptions& options) {
  std::vector<ObserverSpec> observers;
  for (const std::string& text : options.observe) observers.push_back(parse_observer(text));
  const Destination destination = destination_of(result, options);
  check(options, destination, observers);
  snn::Model model = codec::load_model(options.run.model);
  check_last_layer(result, model, options.run);
  Inference inference(result, std::move(model), options, destination, observers);
  inference.run();
  if (inference.accuracy()) inference.accuracy()->report(options.run.json);
  return cli::kOk;
}

cli::Command inference_command(Result result, const char* name, const char* purpose,
                               const char* examples) {
  auto options = std::make_shared<InferenceOptions>();
  return {.name = name,
          .purpose = purpose,
          .examples = examples,
          .add_options =
              [options](CLI::App& app) {
                add_run_options(app, options->run);
                app.add_option("--observe", options->observe,
                               "Also write a layer's 'LAYER:spikes=FILE' or "
                               "'LAYER:potentials=FILE' as a stream; repeatable")
                    ->type_name("SPEC")
                    ->allow_extra_args(false)
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
                cli::add_output(app, options->output)
                    ->description("File for the results, '-' for standard output")
                    ->default_str("");
              },
          .run = [options, result] { return run_inference(result, *options); },
          .verbs = {}};
}

}  // namespace

cli::Command forward_command() {
  return inference_command(Result::kForward, "forward",
                           "Write the last layer's levels, or its potentials.",
                           "akida-run forward -o levels.aks model.fbz test.aks\n");
}

cli::Command evaluate_command() {
  return inference_command(Result::kEvaluate, "evaluate",
                           "Write the last layer's potentials as real values, shifted and scaled.",
                           "akida-run evaluate --format npy -o values.npy model.fbz test.aks\n");
}

cli::Command predict_command() {
  return inference_command(Result::kPredict, "predict", "Write the class of every sample.",
                           "akida-run predict model.fbz test.aks\n"
                           "akida-run predict --accuracy model.fbz test.aks\n");
}

}  // namespace akida::run
