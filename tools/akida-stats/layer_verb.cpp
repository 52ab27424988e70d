// layer: everything about one layer.
#include <algorithm>
#include <memory>
#include <type_traits>
#include <variant>

#include "akida-stats/model_report.h"
#include "akida-stats/stats_verbs.h"
#include "akida-stats/variable_facts.h"
#include "codec/architecture_fields.h"
#include "codec/model_file.h"
#include "common/error_context.h"
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
    table.add_row({key, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  return table.text();
}

std::string variables_text(const snn::Layer& layer) {
  cli::TextTable table("Variables", fact_columns());
  for (const VariableFacts& facts : variable_facts(layer)) {
    table.add_row(fact_cells(facts, facts.name));
  }
  return table.text();
}

void print_layer(const snn::Model& model, const snn::Layer& layer, bool json) {
  ordered_json facts = {{"inbound_layers", inbounds_json(model, layer)},
                        {"input_shape", shape_json(layer.input_shape)},
                        {"output_shape", shape_json(layer.output_shape)}};
  if (json) {
    ordered_json report = cli::make_report("layer");
    report["name"] = layer.name;
    report["type"] = snn::name_of(layer.type());
    report.update(facts);
    report["parameters"] = parameters_json(layer);
    report["variables"] = variables_json(layer);
    if (layer.learning) report["learning"] = learning_json(*layer.learning);
    cli::print_report(report);
    return;
  }
  facts.update(parameters_json(layer));
  std::string text = table_of(title_of(layer), facts);
  if (layer.type() != snn::LayerType::kInputData) text += '\n' + variables_text(layer);
  if (layer.learning) text += '\n' + table_of("Learning", learning_json(*layer.learning));
  cli::print(text);
}

struct LayerOptions {
  ReportOptions report;
  std::string layer;
};

int run_layer(const LayerOptions& options) {
  const snn::Model model = codec::load_model(options.report.model);
  const std::size_t index =
      cli::in_context(options.report.model, [&] { return model.find(options.layer); });
  print_layer(model, model.layer(index), options.report.json);
  return cli::kOk;
}

}  // namespace

cli::Command layer_command() {
  auto options = std::make_shared<LayerOptions>();
  return {.name = "layer",
          .purpose = "Print a layer's parameters, shapes, variables and learning.",
          .examples = "akida-stats layer model.fbz conv_0\n",
          .add_options =
              [options](CLI::App& app) {
                add_report_options(app, options->report);
                app.add_option("LAYER", options->layer, "Name or index of the layer")
                    ->required()
                    ->type_name("");
              },
          .run = [options] { return run_layer(*options); },
          .verbs = {}};
}

}  // namespace akida::stats
