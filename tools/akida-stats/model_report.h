// What the verbs that report on a model share.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "common/command.h"
#include "snn/model.h"

namespace akida::stats {

struct ReportOptions {
  std::string model;
  bool json = false;
};

// MODEL and --json.
void add_report_options(cli::CommandLine& line, ReportOptions& options);

// How a verb prints each kind of model.
struct ModelPrinters {
  std::function<void(const snn::Model& model, bool json)> model;
  std::function<void(const cnn::Network& network, bool json)> network;  // empty: CNNs are refused
};

// A verb whose whole work is to print a model.
[[nodiscard]] cli::Command model_report_command(std::string name, std::string purpose,
                                                std::string examples, ModelPrinters print);

// "conv_0 (InputConvolutional)", the published first column.
[[nodiscard]] std::string title_of(const snn::Layer& layer);
[[nodiscard]] std::string title_of(const cnn::Layer& layer);

// [width, height, channels].
[[nodiscard]] nlohmann::ordered_json shape_json(const Shape& shape);

// Names of the layers whose outputs `layer` takes.
[[nodiscard]] nlohmann::ordered_json inbounds_json(const snn::Model& model,
                                                   const snn::Layer& layer);
[[nodiscard]] nlohmann::ordered_json inbounds_json(const cnn::Network& network,
                                                   const cnn::Layer& layer);

// The commands that made the model.
[[nodiscard]] nlohmann::ordered_json history_json(const std::vector<HistoryEntry>& history);

}  // namespace akida::stats
