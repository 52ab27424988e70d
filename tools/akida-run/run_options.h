// Options that all verbs of akida-run share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/command_line.h"
#include "common/sample_input.h"
#include "io/sample.h"
#include "snn/model.h"

namespace akida::run {

struct RunOptions {
  std::string model;
  std::string data = "-";
  std::string format;        // of the results; empty: the default of where they go
  std::int32_t classes = 0;  // 0: those of the model
  bool accuracy = false;
  bool json = false;
  int jobs = 0;
  std::optional<bool> progress;
};

// MODEL, DATA, --format, --classes, --accuracy, --json, -j, --cpu-mask, --progress.
void add_run_options(cli::CommandLine& line, RunOptions& options);

// The number of classes to divide the last layer's neurons into: as asked for, else those it was
// compiled for if there are several, else 0 for one per neuron.
[[nodiscard]] std::int32_t classes_of(const snn::Model& model, const RunOptions& options);

// What messages call the samples.
[[nodiscard]] std::string data_name(const RunOptions& options);

// Throws kInvalid, naming the stream and `purpose`, where its samples are not labelled by classes.
void require_labels(const cli::SampleInput& input, const char* purpose);

// The header of the samples with the model's class names where it has none. Throws kInvalid where
// both have, and different ones for a class.
[[nodiscard]] io::StreamHeader named_header(const cli::SampleInput& input, const ModelInfo& info,
                                            const RunOptions& options);

}  // namespace akida::run
