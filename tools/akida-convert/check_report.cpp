#include "akida-convert/check_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cnn/layer_quantizers.h"
#include "common/command.h"
#include "common/report.h"
#include "common/shared_options.h"

namespace akida::convert_tool {
namespace {

void print_json(const Options& options, const std::vector<lower::Finding>& findings,
                bool is_convertible, bool is_quantized) {
  nlohmann::ordered_json report = cli::make_report("conversion-check");
  report["model"] = cli::base_name(options.model);
  report["convertible"] = is_convertible;
  report["quantized"] = is_quantized;
  report["findings"] = nlohmann::ordered_json::array();
  for (const lower::Finding& finding : findings) {
    report["findings"].push_back({{"layer", finding.layer},
                                  {"severity", finding.is_error ? "error" : "warning"},
                                  {"text", finding.text}});
  }
  cli::print_report(report);
}

}  // namespace

int check(const cnn::Network& network, const Options& options) {
  Conversion result;
  for (const auto& fault : lower::incompatibilities(network, options.lowering().input)) {
    result.findings.push_back({true, fault.layer, fault.reason});
  }
  const bool is_quantized =
      std::any_of(network.layers().begin(), network.layers().end(), cnn::is_quantized);
  bool is_convertible = result.findings.empty();
  if (is_convertible && is_quantized) {
    result = convert_cnn(network, options);
    is_convertible = result.model.has_value();
  }
  if (options.json) {
    print_json(options, result.findings, is_convertible, is_quantized);
  } else {
    for (const lower::Finding& finding : result.findings) {
      cli::print(fmt::format("{}: {}: {}\n", finding.layer, finding.is_error ? "error" : "warning",
                             finding.text));
    }
  }
  return is_convertible ? cli::kOk : cli::kNo;
}

}  // namespace akida::convert_tool
