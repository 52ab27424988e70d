// fit: let the last layer learn from samples, one after the other.
#include <spdlog/spdlog.h>

#include <memory>

#include "akida-run/accuracy.h"
#include "akida-run/prediction_writer.h"
#include "akida-run/run_options.h"
#include "akida-run/run_verbs.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/history.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "engine/readout.h"
#include "engine/trainer.h"

namespace akida::run {
namespace {

struct FitOptions {
  RunOptions run;
  std::string output = "-";
  std::string outputs;  // empty: the results are not kept
  std::optional<std::int32_t> label;
  bool unlabelled = false;
  bool no_history = false;
};

void check(const FitOptions& options) {
  cli::require_one_standard_input({options.run.model, options.run.data});
  cli::require_no_terminal(options.output);
  const bool binary = options.run.format != "text" && options.run.format != "json";
  if (binary) cli::require_no_terminal(options.outputs);
  std::vector<std::string> outputs = {options.output};
  if (!options.outputs.empty()) outputs.push_back(options.outputs);
  if (options.run.accuracy) outputs.emplace_back("-");
  cli::require_separate_outputs(outputs, {options.run.data});
  // The model may be replaced by what it has become, by nothing else.
  cli::require_separate_outputs({options.outputs}, {options.run.model});
}

engine::FitOptions labels_of(const FitOptions& options) {
  if (options.unlabelled) return {.labels = engine::FitLabels::kNone};
  if (options.label) return {.labels = engine::FitLabels::kFixed, .label = *options.label};
  return {};
}

// The options that differ from their defaults.
std::vector<std::string> words_of(const FitOptions& options) {
  if (options.unlabelled) return {"--unlabelled"};
  if (options.label) return {"--label", std::to_string(*options.label)};
  return {};
}

void report(const engine::FitCounts& counts) {
  if (counts.discarded > 0) {
    spdlog::warn("{} of {} samples taught nothing: their label is no class of the layer",
                 counts.discarded, counts.samples);
  }
  spdlog::info("{} samples: {} learned, {} unanswered, {} discarded", counts.samples,
               counts.learned, counts.unanswered, counts.discarded);
}

// Learns from the whole stream; `accuracy` and `outputs` may be null.
void learn(snn::Model& model, const FitOptions& options, Accuracy* accuracy) {
  engine::Trainer trainer = in_context(
      options.run.model, [&] { return engine::Trainer(model, {.jobs = options.run.jobs}); });
  cli::SampleInput input(options.run.data, options.run.progress);
  if (labels_of(options).labels == engine::FitLabels::kOfBatch) {
    require_labels(input, "to learn from: give --label or --unlabelled");
  }
  if (accuracy != nullptr) require_labels(input, "to compare with");
  const snn::Layer& last = model.layers().back();
  const DType type = snn::outputs_potentials(last) ? DType::kI32 : DType::kU8;
  input.bound_batches(4 * static_cast<std::uint64_t>(last.output_shape.size()));
  const io::StreamHeader header = named_header(input, model.info, options.run);
  std::unique_ptr<PredictionWriter> writer;
  if (!options.outputs.empty()) {
    writer = open_predictions(options.outputs, options.run.format,
                              {.input = header, .type = type, .shape = last.output_shape});
  }
  io::Batch batch;
  while (input.next(batch)) {
    const Dense output =
        in_context(input.name(), [&] { return trainer.fit(batch, labels_of(options)); });
    if (writer == nullptr && accuracy == nullptr) continue;
    const Dense classes = engine::predict_classes(last, output, classes_of(model, options.run));
    if (accuracy != nullptr) accuracy->count(batch, classes);
    if (writer) writer->write(batch, classes, output);
  }
  if (writer) writer->close();
  report(trainer.counts());
}

int run_fit(const FitOptions& options) {
  check(options);
  snn::Model model = codec::load_model(options.run.model);
  Accuracy accuracy;
  learn(model, options, options.run.accuracy ? &accuracy : nullptr);
  cli::resume_history(model.info, {.options = words_of(options), .inputs = {options.run.data}},
                      options.no_history);
  codec::save_model(model, options.output);
  if (options.run.accuracy) accuracy.report(options.run.json, data_name(options.run));
  return cli::kOk;
}

void add_fit_options(cli::CommandLine& line, FitOptions& options) {
  add_run_options(line, options.run);
  cli::Option label =
      line.add_option("--label", options.label, "Use this class for all samples").type_name("N");
  line.add_flag("--unlabelled", options.unlabelled, "Let every neuron learn, whatever the labels")
      .excludes(label);
  cli::Option outputs = line.add_option("--outputs", options.outputs,
                                        "File for the results, each from before its sample was "
                                        "learned");
  outputs.type_name("FILE");
  line.option("--format").needs(outputs);
  cli::add_output(line, options.output).description("Model to write, '-' for standard output");
  cli::add_no_history(line, options.no_history);
}

}  // namespace

cli::Command fit_command() {
  auto options = std::make_shared<FitOptions>();
  return {.name = "fit",
          .purpose = "Let the last layer learn from samples and write the model.",
          .examples =
              "akida-run fit -o learned.fbz learner.fbz train.aks\n"
              "akida-run fit --label 3 -o learned.fbz learned.fbz more.aks\n",
          .add_options = [options](cli::CommandLine& line) { add_fit_options(line, *options); },
          .run = [options] { return run_fit(*options); },
          .verbs = {}};
}

}  // namespace akida::run
