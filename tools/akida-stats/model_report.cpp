#include "akida-stats/model_report.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/error.h"
#include "codec/model_file.h"
#include "common/shared_options.h"

namespace akida::stats {
namespace {

using nlohmann::ordered_json;

codec::AnyModel load(const std::string& path, bool takes_networks) {
  if (takes_networks) return codec::load_any_model(path);
  return codec::load_model(path);
}

void print_model(const codec::AnyModel& model, const ModelPrinters& print, bool json) {
  if (const auto* network = std::get_if<cnn::Network>(&model)) {
    print.network(*network, json);
  } else {
    print.model(std::get<snn::Model>(model), json);
  }
}

// For models of either kind.
template <typename Layer>
std::string title(const Layer& layer) {
  return fmt::format("{} ({})", layer.name, name_of(layer.type()));
}

template <typename Model, typename Layer>
ordered_json inbounds(const Model& model, const Layer& layer) {
  ordered_json names = ordered_json::array();
  for (std::uint32_t inbound : layer.inbounds) names.push_back(model.layer(inbound).name);
  return names;
}

}  // namespace

void add_report_options(cli::CommandLine& line, ReportOptions& options) {
  cli::add_model(line, options.model);
  cli::add_json(line, options.json);
}

cli::Command model_report_command(std::string name, std::string purpose, std::string examples,
                                  ModelPrinters print) {
  auto options = std::make_shared<ReportOptions>();
  return {.name = std::move(name),
          .purpose = std::move(purpose),
          .examples = std::move(examples),
          .add_options = [options](cli::CommandLine& line) { add_report_options(line, *options); },
          .run =
              [options, print = std::move(print)] {
                const codec::AnyModel model = load(options->model, print.network != nullptr);
                in_context(options->model, [&] { print_model(model, print, options->json); });
                return cli::kOk;
              },
          .verbs = {}};
}

std::string title_of(const snn::Layer& layer) { return title(layer); }
std::string title_of(const cnn::Layer& layer) { return title(layer); }

ordered_json shape_json(const Shape& shape) { return {shape.width, shape.height, shape.channels}; }

ordered_json inbounds_json(const snn::Model& model, const snn::Layer& layer) {
  return inbounds(model, layer);
}
ordered_json inbounds_json(const cnn::Network& network, const cnn::Layer& layer) {
  return inbounds(network, layer);
}

ordered_json history_json(const std::vector<HistoryEntry>& history) {
  ordered_json entries = ordered_json::array();
  for (const HistoryEntry& entry : history) {
    entries.push_back({{"tool", entry.tool},
                       {"version", entry.version},
                       {"subcommand", entry.subcommand},
                       {"options", entry.options}});
  }
  return entries;
}

}  // namespace akida::stats
