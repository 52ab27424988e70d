// variables: what every layer of a model has stored.
#include "akida-stats/model_report.h"
#include "akida-stats/stats_verbs.h"
#include "akida-stats/variable_facts.h"
#include "common/report.h"
#include "common/text_table.h"

namespace akida::stats {
namespace {

template <typename Model>
void print_variables(const Model& model, bool json) {
  if (!json) {
    cli::TextTable table("Variables", fact_columns());
    for (const auto& layer : model.layers()) {
      for (const VariableFacts& facts : variable_facts(layer)) {
        table.add_row(fact_cells(facts, layer.name + '.' + facts.name));
      }
    }
    cli::print(table.text());
    return;
  }
  nlohmann::ordered_json report = cli::make_report("variables");
  report["layers"] = nlohmann::ordered_json::array();
  for (const auto& layer : model.layers()) {
    report["layers"].push_back(
        {{"name", layer.name}, {"variables", variables_json(variable_facts(layer))}});
  }
  cli::print_report(report);
}

}  // namespace

cli::Command variables_command() {
  return model_report_command("variables",
                              "Print type, shape and range of every variable of every layer.",
                              "akida-stats variables model.fbz\n",
                              {print_variables<snn::Model>, print_variables<cnn::Network>});
}

}  // namespace akida::stats
