#include "akida-convert/verify.h"

#include <fmt/format.h>

#include "base/error.h"
#include "common/command.h"
#include "common/report.h"
#include "common/sample_input.h"
#include "common/shared_options.h"
#include "common/text_table.h"
#include "convert/verification.h"

namespace akida::convert_tool {
namespace {

void print_json(const convert::Verification& verification, const Options& options) {
  const auto& difference = verification.first_difference();
  nlohmann::ordered_json report = cli::make_report("verification");
  report["model"] = cli::base_name(options.model);
  report["data"] = cli::base_name(options.verify);
  report["equal"] = !difference.has_value();
  report["layers"] = nlohmann::ordered_json::array();
  for (const convert::LayerVerification& layer : verification.layers()) {
    report["layers"].push_back({{"layer", layer.layer},
                                {"values", layer.values},
                                {"different", layer.different},
                                {"rounded", layer.rounded}});
  }
  report["first_difference"] = nullptr;
  if (difference) {
    report["first_difference"] = {{"layer", difference->layer}, {"sample", difference->sample},
                                  {"y", difference->y},         {"x", difference->x},
                                  {"c", difference->c},         {"cnn", difference->cnn},
                                  {"snn", difference->snn}};
  }
  cli::print_report(report);
}

void print_text(const convert::Verification& verification) {
  cli::TextTable table("Verification", {"Layer", "Values", "Different", "Rounded"});
  for (const convert::LayerVerification& layer : verification.layers()) {
    table.add_row({layer.layer, fmt::format("{}", layer.values), fmt::format("{}", layer.different),
                   fmt::format("{}", layer.rounded)});
  }
  cli::print(table.text());
  if (const auto& first = verification.first_difference()) {
    cli::print(fmt::format(
        "first difference: layer '{}', sample '{}', y {}, x {}, c {}: {} in the "
        "CNN, {} in the SNN\n",
        first->layer, first->sample, first->y, first->x, first->c, first->cnn, first->snn));
  }
}

}  // namespace

bool verify(const cnn::Network& network, const Conversion& conversion, const Options& options) {
  convert::Verification verification(network, conversion.lowered, *conversion.model, options.jobs);
  cli::SampleInput input(options.verify, options.progress);
  input.bound_batches(verification.bytes_per_sample());
  io::Batch batch;
  bool empty = true;
  while (input.next(batch)) {
    empty = false;
    in_context(input.name(), [&] { verification.add(input.header(), batch); });
  }
  // Two models that were never compared are not equal.
  if (empty) fail(ErrorKind::kInvalid, "{}: there are no samples", input.name());
  options.json ? print_json(verification, options) : print_text(verification);
  return !verification.first_difference().has_value();
}

}  // namespace akida::convert_tool
