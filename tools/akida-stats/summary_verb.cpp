// summary: the published tables of a model.
#include <fmt/format.h>

#include "akida-stats/model_report.h"
#include "akida-stats/network_summary.h"
#include "akida-stats/stats_verbs.h"
#include "common/report.h"
#include "common/text_table.h"

namespace akida::stats {
namespace {

using nlohmann::ordered_json;

// The integer engine of this suite; there is no hardware behind it.
constexpr const char* kBackend = "Software";

// "(3, 3, 32, 1), (1, 1, 32, 64)": the weights' shapes; "N/A" where there are none.
std::string kernel_text(const snn::Layer& layer) {
  const snn::Variables& variables = layer.variables;
  if (variables.weights.empty()) return "N/A";
  std::string text = variables.weights.shape_string();
  if (!variables.weights_pw.empty()) text += ", " + variables.weights_pw.shape_string();
  return text;
}

std::int64_t input_connections(const snn::Layer& layer) {
  const Dense& weights = layer.variables.weights;
  return weights.size() / weights.dims().back();
}

std::string summary_text(const snn::Model& model) {
  cli::TextTable layers("Model Summary", {"Layer (type)", "Output shape", "Kernel shape"});
  for (const snn::Layer& layer : model.layers()) {
    layers.add_row({title_of(layer), to_string(layer.output_shape), kernel_text(layer)});
  }
  const Shape input = model.input_shape();
  std::string text = layers.text();
  text += fmt::format("Input shape: {}, {}, {}\n", input.height, input.width, input.channels);
  text += fmt::format("Backend type: {} - {}\n", kBackend, cli::version());
  const snn::Layer& last = model.layers().back();
  if (last.learning) {
    cli::TextTable learning("Learning Summary", {"Learning Layer", "# Input Conn.", "# Weights"});
    learning.add_row({last.name, fmt::to_string(input_connections(last)),
                      fmt::to_string(last.learning->num_weights)});
    text += '\n' + learning.text();
  }
  return text;
}

ordered_json layer_summary(const snn::Model& model, const snn::Layer& layer) {
  ordered_json kernels = ordered_json::array();
  for (const Dense* kernel : {&layer.variables.weights, &layer.variables.weights_pw}) {
    if (!kernel->empty()) kernels.push_back(kernel->dims());
  }
  return {{"name", layer.name},
          {"type", snn::name_of(layer.type())},
          {"inbound_layers", inbounds_json(model, layer)},
          {"output_shape", shape_json(layer.output_shape)},
          {"kernel_shapes", std::move(kernels)}};
}

ordered_json summary_json(const snn::Model& model) {
  ordered_json report = cli::make_report("summary");
  report["model_kind"] = "snn";
  report["name"] = model.info.name;
  report["producer"] = model.info.producer;
  report["input_shape"] = shape_json(model.input_shape());
  report["backend"] = {{"type", kBackend}, {"version", cli::version()}};
  report["layers"] = ordered_json::array();
  for (const snn::Layer& layer : model.layers()) {
    report["layers"].push_back(layer_summary(model, layer));
  }
  const snn::Layer& last = model.layers().back();
  if (last.learning) {
    report["learning"] = {{"layer", last.name},
                          {"input_connections", input_connections(last)},
                          {"num_weights", last.learning->num_weights},
                          {"num_classes", last.learning->num_classes}};
  }
  report["history"] = history_json(model.info.history);
  return report;
}

void print_summary(const snn::Model& model, bool json) {
  if (json) {
    cli::print_report(summary_json(model));
  } else {
    cli::print(summary_text(model));
  }
}

void print_network_summary(const cnn::Network& network, bool json) {
  if (json) {
    cli::print_report(network_summary_json(network));
  } else {
    cli::print(network_summary_text(network));
  }
}

}  // namespace

cli::Command summary_command() {
  return model_report_command("summary", "Print the layers of a model and what it learns.",
                              "akida-stats summary model.fbz\n",
                              {print_summary, print_network_summary});
}

}  // namespace akida::stats
