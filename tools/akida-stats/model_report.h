// What the verbs that report on a model share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "common/command.h"
#include "snn/model.h"

namespace akida::stats {

struct ReportOptions {
  std::string model;
  bool json = false;
};

// MODEL and --json.
void add_report_options(CLI::App& app, ReportOptions& options);

// A verb whose whole work is `print(model, json)`.
[[nodiscard]] cli::Command model_report_command(
    std::string name, std::string purpose, std::string examples,
    std::function<void(const snn::Model& model, bool json)> print);

// "conv_0 (InputConvolutional)", the published first column.
[[nodiscard]] std::string title_of(const snn::Layer& layer);

// [width, height, channels].
[[nodiscard]] nlohmann::ordered_json shape_json(const Shape& shape);

// Names of the layers whose outputs `layer` takes.
[[nodiscard]] nlohmann::ordered_json inbounds_json(const snn::Model& model,
                                                   const snn::Layer& layer);

}  // namespace akida::stats
