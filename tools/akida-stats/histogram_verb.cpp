// histogram: how far the neurons of a learning layer have come.
#include <fmt/format.h>

#include "akida-stats/model_report.h"
#include "akida-stats/stats_verbs.h"
#include "common/report.h"
#include "common/text_table.h"
#include "engine/learning.h"

namespace akida::stats {
namespace {

void print_histogram(const snn::Model& model, bool json) {
  const snn::Layer& last = model.layers().back();
  const std::vector<engine::HistogramBin> bins = engine::learning_histogram(last);
  if (!json) {
    cli::TextTable table("Learning Histogram", {"Learning percentage", "# Neurons"});
    for (const engine::HistogramBin& bin : bins) {
      table.add_row({fmt::to_string(bin.percentage), fmt::to_string(bin.neurons)});
    }
    cli::print(table.text());
    return;
  }
  nlohmann::ordered_json report = cli::make_report("histogram");
  report["layer"] = last.name;
  report["bins"] = nlohmann::ordered_json::array();
  for (const engine::HistogramBin& bin : bins) {
    report["bins"].push_back({{"percentage", bin.percentage}, {"neurons", bin.neurons}});
  }
  cli::print_report(report);
}

}  // namespace

cli::Command histogram_command() {
  return model_report_command(
      "histogram", "Print how many learning neurons match how much of what they learned.",
      "akida-stats histogram learned.fbz\n", {print_histogram, {}});
}

}  // namespace akida::stats
