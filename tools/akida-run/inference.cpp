// forward, evaluate and predict: samples in, results out.
#include <memory>

#include "akida-run/accuracy.h"
#include "akida-run/inference_backend.h"
#include "akida-run/prediction_writer.h"
#include "akida-run/run_options.h"
#include "akida-run/run_verbs.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/sample_input.h"
#include "common/shared_options.h"

namespace akida::run {
namespace {

struct InferenceOptions {
  RunOptions run;
  std::string output;  // empty: standard output, or nothing with --accuracy
  std::vector<std::string> observe;
  bool flush = false;  // hand on the results of every batch at once
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
  cli::require_separate_outputs(outputs, {options.run.model, options.run.data});
  if (destination.path && is_binary(destination.format)) {
    cli::require_no_terminal(*destination.path);
  }
}

// Runs the samples of one stream and hands every batch's results on.
class Inference {
 public:
  Inference(Result result, std::unique_ptr<InferenceBackend> backend,
            const InferenceOptions& options, const Destination& destination,
            const std::vector<ObserverSpec>& observers)
      : result_(result),
        backend_(std::move(backend)),
        input_(options.run.data, options.run.progress),
        header_(named_header(input_, backend_->info(), options.run)),
        writes_lines_to_pipe_(destination.path == "-" && !is_binary(destination.format)),
        flushes_(options.flush) {
    backend_->observe(observers, header_);
    if (options.run.accuracy) {
      require_labels(input_, "to compare with");
      accuracy_.emplace();
    }
    if (destination.path) {
      writer_ = open_predictions(*destination.path, destination.format, layout());
    }
    input_.bound_batches(backend_->observed_bytes() +
                         4 * static_cast<std::uint64_t>(backend_->value_shape().size()));
  }

  void run() {
    io::Batch batch;
    while (input_.next(batch)) run_batch(batch);
    if (writer_) writer_->close();
    backend_->close();
  }

  [[nodiscard]] const std::optional<Accuracy>& accuracy() const { return accuracy_; }

 private:
  [[nodiscard]] PredictionLayout layout() const {
    if (result_ == Result::kPredict) {
      return {.input = header_,
              .type = DType::kI32,
              .shape = {.width = 1, .height = 1, .channels = 1},
              .only_classes = true};
    }
    return {.input = header_, .type = backend_->value_type(), .shape = backend_->value_shape()};
  }

  // Lines about the samples before a refused one are still worth having in a pipe; files and
  // streams are whole or not at all.
  void run_batch(const io::Batch& batch) {
    // Errors of the outputs that observe layers have their files' names already.
    const BatchResults results = io::with_name_of(input_, [&] { return backend_->run(batch); });
    hand_on(batch, results);
    if (writer_ && flushes_) writer_->flush();
    if (!results.refusal) return;
    if (writes_lines_to_pipe_) writer_->close();
    throw results.refusal->with_context(input_.name());
  }

  void hand_on(const io::Batch& batch, const BatchResults& results) {
    const Dense& classes = results.classes;
    if (accuracy_) accuracy_->count(batch, classes);
    if (!writer_) return;
    if (result_ != Result::kPredict) {
      writer_->write(batch, classes, results.values);
      return;
    }
    writer_->write(batch, classes,
                   Dense::from(classes.data<std::int32_t>(), {classes.size(), 1, 1, 1}));
  }

  Result result_;
  std::unique_ptr<InferenceBackend> backend_;
  cli::SampleInput input_;
  io::StreamHeader header_;
  std::optional<Accuracy> accuracy_;
  std::unique_ptr<PredictionWriter> writer_;
  bool writes_lines_to_pipe_;
  bool flushes_;
};

int run_inference(Result result, const InferenceOptions& options) {
  std::vector<ObserverSpec> observers;
  for (const std::string& text : options.observe) observers.push_back(parse_observer(text));
  const Destination destination = destination_of(result, options);
  check(options, destination, observers);
  auto backend =
      std::visit([&](auto&& model) { return make_backend(std::move(model), result, options.run); },
                 codec::load_any_model(options.run.model));
  Inference inference(result, std::move(backend), options, destination, observers);
  inference.run();
  if (inference.accuracy()) inference.accuracy()->report(options.run.json, data_name(options.run));
  return cli::kOk;
}

cli::Command inference_command(Result result, const char* name, const char* purpose,
                               const char* examples) {
  auto options = std::make_shared<InferenceOptions>();
  return {.name = name,
          .purpose = purpose,
          .examples = examples,
          .add_options =
              [options](cli::CommandLine& line) {
                add_run_options(line, options->run);
                line.add_option("--observe", options->observe,
                                "Also write a layer's 'LAYER:spikes=FILE', "
                                "'LAYER:potentials=FILE' or, of a CNN, 'LAYER:values=FILE' as a "
                                "stream; repeatable")
                    .type_name("SPEC")
                    .repeatable();
                line.add_flag("--flush", options->flush,
                              "Hand on results as soon as the samples are there");
                cli::add_output(line, options->output)
                    .description("File for the results, '-' for standard output")
                    .show_default("");
              },
          .run = [options, result] { return run_inference(result, *options); },
          .verbs = {}};
}

}  // namespace

cli::Command forward_command() {
  return inference_command(Result::kForward, "forward",
                           "Write the last layer's levels, or its potentials; of a CNN its values.",
                           "akida-run forward -o levels.aks model.fbz test.aks\n");
}

cli::Command evaluate_command() {
  return inference_command(
      Result::kEvaluate, "evaluate",
      "Write the last layer's real values: of a CNN, or potentials shifted and scaled.",
      "akida-run evaluate --format npy -o values.npy model.fbz test.aks\n");
}

cli::Command predict_command() {
  return inference_command(Result::kPredict, "predict", "Write the class of every sample.",
                           "akida-run predict model.fbz test.aks\n"
                           "akida-run predict --accuracy model.fbz test.aks\n");
}

}  // namespace akida::run
