#include "akida-run/run_options.h"

#include <array>

#include "base/error.h"
#include "common/class_names.h"
#include "common/shared_options.h"

namespace akida::run {

void add_run_options(cli::CommandLine& line, RunOptions& options) {
  cli::add_model(line, options.model);
  cli::add_input(line, options.data, "DATA")
      .description("Stream of samples, '-' for standard input");
  line.add_option("--format", options.format,
                  "Form of the results: aks, text, json (one object per line) or npy")
      .one_of(std::array{"aks", "text", "json", "npy"})
      .type_name("NAME");
  line.add_option(
          "--classes", options.classes,
          "Divide the neurons into N equal classes; default: as compiled, or one per neuron")
      .range(1, snn::kMaxDimension)
      .type_name("N");
  cli::Option accuracy = line.add_flag(
      "--accuracy", options.accuracy,
      "Report the share of samples whose class equals their label; no results without -o");
  cli::add_json(line, options.json).needs(accuracy);
  cli::add_jobs(line, options.jobs);
  cli::add_cpu_mask(line);
  cli::add_progress(line, options.progress);
}

std::int32_t classes_of(const snn::Model& model, const RunOptions& options) {
  if (options.classes > 0) return options.classes;
  const std::optional<snn::Learning>& learning = model.layers().back().learning;
  return learning && learning->num_classes > 1 ? learning->num_classes : 0;
}

std::string data_name(const RunOptions& options) {
  return options.data == "-" ? "stdin" : options.data;
}

void require_labels(const cli::SampleInput& input, const char* purpose) {
  if (input.header().labels == io::LabelKind::kClass) return;
  fail(ErrorKind::kInvalid, "{}: the samples have no class labels {}", input.name(), purpose);
}

io::StreamHeader named_header(const cli::SampleInput& input, const ModelInfo& info,
                              const RunOptions& options) {
  io::StreamHeader header = input.header();
  cli::require_same_names(header.class_names, input.name(), info.class_names, options.model);
  if (header.class_names.empty()) header.class_names = info.class_names;
  return header;
}

}  // namespace akida::run
