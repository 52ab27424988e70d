// statistics: sparsity and work of every layer, measured on samples.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "akida-stats/model_report.h"
#include "akida-stats/stats_verbs.h"
#include "base/error.h"
#include "codec/model_file.h"
#include "common/report.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "engine/engine.h"

namespace akida::stats {
namespace {

struct StatisticsOptions {
  ReportOptions report;
  std::string data = "-";
  int jobs = 0;
  std::optional<bool> progress;
};

// The published columns: the name is cut where it would touch its neighbour.
std::string line_of(const std::string& layer, const std::string& input, const std::string& output,
                    const std::string& ops, const std::string& spikes, const std::string& rows) {
  std::string line =
      fmt::format("{:<30.29}{:<20}{:<20}{:<20}{:<20}{}", layer, input, output, ops, spikes, rows);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

// An input layer prints only what leaves it.
std::string statistics_text(const snn::Model& model,
                            const std::vector<engine::LayerStatistics>& statistics) {
  std::string text = line_of("Layer (type)", "input sparsity", "output sparsity", "ops",
                             "possible spikes", "row sparsity");
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    const engine::LayerStatistics& facts = statistics[i];
    const snn::Layer& layer = model.layer(i);
    const bool inner = !layer.is_input();
    text += line_of(
        title_of(layer), inner ? fmt::format("{:.2f}", facts.input_sparsity()) : "",
        fmt::format("{:.2f}", facts.output_sparsity()),
        inner ? fmt::format("{:.0f}", facts.ops()) : "", fmt::to_string(facts.possible_spikes()),
        layer.variables.weights.empty() ? "" : fmt::format("{:.2f}", facts.row_sparsity));
  }
  return text;
}

nlohmann::ordered_json statistics_json(const std::vector<engine::LayerStatistics>& statistics) {
  nlohmann::ordered_json report = cli::make_report("statistics");
  report["samples"] = statistics.front().samples;
  report["layers"] = nlohmann::ordered_json::array();
  for (const engine::LayerStatistics& facts : statistics) {
    report["layers"].push_back({{"name", facts.name},
                                {"input_sparsity", facts.input_sparsity()},
                                {"output_sparsity", facts.output_sparsity()},
                                {"ops", facts.ops()},
                                {"possible_spikes", facts.possible_spikes()},
                                {"row_sparsity", facts.row_sparsity}});
  }
  return report;
}

int run_statistics(const StatisticsOptions& options) {
  cli::require_one_standard_input({options.report.model, options.data});
  engine::Engine engine = in_context(
      options.report.model, [&, model = codec::load_model(options.report.model)]() mutable {
        return engine::Engine(std::move(model), {.jobs = options.jobs});
      });
  const snn::Model& model = engine.model();
  cli::SampleInput input(options.data, options.progress);
  input.bound_batches(sizeof(std::int32_t) *
                      static_cast<std::uint64_t>(model.output_shape().size()));
  io::Batch batch;
  while (input.next(batch)) {
    in_context(input.name(), [&] { static_cast<void>(engine.forward(batch)); });
  }
  if (engine.statistics().front().samples == 0) {
    fail(ErrorKind::kInvalid, "{}: there are no samples", input.name());
  }
  if (options.report.json) {
    cli::print_report(statistics_json(engine.statistics()));
  } else {
    cli::print(statistics_text(model, engine.statistics()));
  }
  return cli::kOk;
}

}  // namespace

cli::Command statistics_command() {
  auto options = std::make_shared<StatisticsOptions>();
  return {.name = "statistics",
          .purpose = "Run samples and print the sparsity and work of every layer.",
          .examples = "akida-stats statistics model.fbz test.aks\n",
          .add_options =
              [options](cli::CommandLine& line) {
                add_report_options(line, options->report);
                cli::add_input(line, options->data, "DATA")
                    .description("Stream of samples, '-' for standard input");
                cli::add_jobs(line, options->jobs);
                cli::add_cpu_mask(line);
                cli::add_progress(line, options->progress);
              },
          .run = [options] { return run_statistics(*options); },
          .verbs = {}};
}

}  // namespace akida::stats
