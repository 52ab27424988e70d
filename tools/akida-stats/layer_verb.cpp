// layer: everything about one layer.
#include <algorithm>
#include <memory>
#include <type_traits>
#include <variant>

#include "akida-stats/model_report.h"
#include "akida-stats/network_layer_report.h"
#include "akida-stats/stats_verbs.h"
#include "akida-stats/variable_facts.h"
#include "base/error.h"
#include "codec/architecture_fields.h"
#include "codec/model_file.h"
#include "common/report.h"
#include "common/text_table.h"

namespace akida::stats {
namespace {

using nlohmann::ordered_json;

// Keys and values as in an architecture file.
ordered_json parameters_json(const snn::Layer& layer) {
  ordered_json parameters = ordered_json::object();
  const auto add = [&](const char* key, const auto& value, codec::Presence) {
    if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(value)>>) {
      parameters[key] = snn::name_of(value);
    } else {
      parameters[key] = value;
    }
  };
  std::visit([&](const auto& alternative) { codec::visit_fields(alternative, add); },
             layer.parameters);
  return parameters;
}

ordered_json learning_json(const snn::Learning& learning) {
  const auto learned =
      std::count_if(learning.threshold_learning.begin(), learning.threshold_learning.end(),
                    [](std::int32_t threshold) { return threshold > 0; });
  return {{"rule", learning.rule == snn::LearningRule::kPlain ? "plain" : "relative"},
          {"seed", learning.seed},
          {"num_weights", learning.num_weights},
          {"num_classes", learning.num_classes},
          {"initial_plasticity", learning.initial_plasticity},
          {"learning_competition", learning.learning_competition},
          {"min_plasticity", learning.min_plasticity},
          {"plasticity_decay", learning.plasticity_decay},
          {"learned_neurons", learned}};
}

// Rows "key  value", strings without quotes.
std::string table_of(const std::string& title, const ordered_json& object) {
  cli::TextTable table(title, {"Parameter", "Value"});
  for (const auto& [key, value] : object.items()) {
    table.add_row({key, value.is_string() ? value.get<std::string>() : cli::json_text(value)});
  }
  return table.text();
}

std::string variables_text(const std::vector<VariableFacts>& variables) {
  cli::TextTable table("Variables", fact_columns());
  for (const VariableFacts& facts : variables) table.add_row(fact_cells(facts, facts.name));
  return table.text();
}

// What both kinds of layers have; null in place of what a kind lacks.
struct LayerReport {
  std::string title;
  ordered_json head;        // name and type
  ordered_json facts;       // connections and shapes
  ordered_json parameters;  // as in an architecture file
  std::vector<VariableFacts> variables;
  ordered_json learning;
};

LayerReport report_of(const snn::Model& model, const snn::Layer& layer) {
  LayerReport report{.title = title_of(layer),
                     .head = {{"name", layer.name}, {"type", snn::name_of(layer.type())}},
                     .facts = {{"inbound_layers", inbounds_json(model, layer)},
                               {"input_shape", shape_json(layer.input_shape)},
                               {"output_shape", shape_json(layer.output_shape)}},
                     .parameters = parameters_json(layer),
                     .variables = variable_facts(layer)};
  if (layer.learning) report.learning = learning_json(*layer.learning);
  return report;
}

LayerReport report_of(const cnn::Network& network, const cnn::Layer& layer) {
  return {.title = title_of(layer),
          .head = {{"name", layer.name}, {"type", cnn::name_of(layer.type())}},
          .facts = {{"inbound_layers", inbounds_json(network, layer)},
                    {"input_shape", layer.input_shape},
                    {"output_shape", layer.output_shape}},
          .parameters = arguments_json(layer),
          .variables = variable_facts(layer)};
}

void print_layer(const LayerReport& layer, bool json) {
  if (json) {
    ordered_json report = cli::make_report("layer");
    report.update(layer.head);
    report.update(layer.facts);
    report["parameters"] = layer.parameters;
    report["variables"] = variables_json(layer.variables);
    if (!layer.learning.is_null()) report["learning"] = layer.learning;
    cli::print_report(report);
    return;
  }
  ordered_json facts = layer.facts;
  facts.update(layer.parameters);
  std::string text = table_of(layer.title, facts);
  if (!layer.variables.empty()) text += '\n' + variables_text(layer.variables);
  if (!layer.learning.is_null()) text += '\n' + table_of("Learning", layer.learning);
  cli::print(text);
}

struct LayerOptions {
  ReportOptions report;
  std::string layer;
};

int run_layer(const LayerOptions& options) {
  const codec::AnyModel model = codec::load_any_model(options.report.model);
  const auto print = [&](const auto& kind) {
    print_layer(report_of(kind, kind.layer(kind.find(options.layer))), options.report.json);
  };
  in_context(options.report.model, [&] { std::visit(print, model); });
  return cli::kOk;
}

}  // namespace

cli::Command layer_command() {
  auto options = std::make_shared<LayerOptions>();
  return {.name = "layer",
          .purpose = "Print a layer's parameters, shapes, variables and learning.",
          .examples = "akida-stats layer model.fbz conv_0\n",
          .add_options =
              [options](cli::CommandLine& line) {
                add_report_options(line, options->report);
                line.add_option("LAYER", options->layer, "Name or index of the layer")
                    .required()
                    .type_name("");
              },
          .run = [options] { return run_layer(*options); },
          .verbs = {}};
}

}  // namespace akida::stats
