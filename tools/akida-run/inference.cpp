// forward, evaluate and predict: samples in, results out.
#include <memory>

#include "akida-run/accuracy.h"
#include "akida-run/layer_observers.h"
#include "akida-run/prediction_writer.h"
#include "akida-run/run_options.h"
#include "akida-run/run_verbs.h"
#include "codec/model_file.h"
#include "common/error_context.h"
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
  int on_stdout = (destination.path == "-" ? 1 : 0) + (options.run.accuracy ? 1 : 0);
  for (const ObserverSpec& observer : observers) {
    cli::require_no_terminal(observer.path);
    on_stdout += observer.path == "-" ? 1 : 0;
  }
  if (on_stdout > 1) {
    fail(ErrorKind::kUsage, "{} outputs go to standard output, limit 1", on_stdout);
  }
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
        engine_(cli::in_context(
            options.run.model,
            [&] { return engine::Engine(std::move(model), {.jobs = options.run.jobs}); })),
        last_(engine_.model().layers().back()),
        input_(options.run.data, options.run.progress),
        header_(input_.header()),
        observers_(engine_, observers, header_) {
    if (header_.class_names.empty()) header_.class_names = engine_.model().info.class_names;
    if (options.run.accuracy) accuracy_.emplace();
    writes_lines_to_pipe_ = destination.path == "-" && !is_binary(destination.format);
    if (accuracy_ && header_.labels != io::LabelKind::kClass) {
      fail(ErrorKind::kInvalid, "{}: the samples have no class labels", input_.name());
    }
    if (destination.path)
      writer_ = open_predictions(*destination.path, destination.format, layout());
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
    const bool evaluate = result_ == Result::kEvaluate;
    const Dense values = evaluate ? engine::evaluate_potentials(last_, output) : Dense();
    if (!accuracy_ && !writer_) return;
    const Dense classes = engine::predict_classes(last_, output, classes_);
    if (accuracy_) accuracy_->count(batch, classes);
    if (!writer_) return;
    if (result_ == Result::kPredict) {
      writer_->write(
          batch, classes,
          Dense::from<std::int32_t>(classes.data<std::int32_t>(), {classes.size(), 1, 1, 1}));
    } else {
      writer_->write(batch, classes, evaluate ? values : output);
    }
  }

  Result result_;
  std::int32_t classes_;
  engine::Engine engine_;
  const snn::Layer& last_;
  cli::SampleInput input_;
  io::StreamHeader header_;  // of the input, with the model's class names where it has none
  LayerObservers observers_;
  std::optional<Accuracy> accuracy_;
  std::unique_ptr<PredictionWriter> writer_;
  bool writes_lines_to_pipe_ = false;
};

int run_inference(Result result, const InferenceOptions& options) {
  std::vector<ObserverSpec> observers;
  for (const std::string& text : options.observe) observers.push_back(parse_observer(text));
  const Destination destination = destination_of(result, options);
  check(options, destination, observers);
  Inference inference(result, codec::load_model(options.run.model), options, destination,
                      observers);
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
