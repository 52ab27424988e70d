#include "akida-stats/model_report.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "codec/model_file.h"
#include "common/error_context.h"
#include "common/shared_options.h"

namespace akida::stats {

void add_report_options(CLI::App& app, ReportOptions& options) {
  cli::add_model(app, options.model);
  cli::add_json(app, options.json);
}

cli::Command model_report_command(std::string name, std::string purpose, std::string examples,
                                  std::function<void(const snn::Model& model, bool json)> print) {
  auto options = std::make_shared<ReportOptions>();
  return {.name = std::move(name),
          .purpose = std::move(purpose),
          .examples = std::move(examples),
          .add_options = [options](CLI::App& app) { add_report_options(app, *options); },
          .run =
              [options, print = std::move(print)] {
                const snn::Model model = codec::load_model(options->model);
                cli::in_context(options->model, [&] { print(model, options->json); });
                return cli::kOk;
              },
          .verbs = {}};
}

std::string title_of(const snn::Layer& layer) {
  return fmt::format("{} ({})", layer.name, snn::name_of(layer.type()));
}

nlohmann::ordered_json shape_json(const Shape& shape) {
  return {shape.width, shape.height, shape.channels};
}

nlohmann::ordered_json inbounds_json(const snn::Model& model, const snn::Layer& layer) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (std::uint32_t inbound : layer.inbounds) names.push_back(model.layer(inbound).name);
  return names;
}

}  // namespace akida::stats
