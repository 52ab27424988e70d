#include "akida-convert/conversion.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "codec/model_file.h"
#include "common/shared_options.h"
#include "convert/snn_from_cnn.h"
#include "hw/hardware_tables.h"

namespace akida::convert_tool {

lower::Options Options::lowering() const {
  lower::Options lowering{.input = {}, .documented = documented};
  if (input == "image") lowering.input = lower::InputKind::kImage;
  if (input == "events") lowering.input = lower::InputKind::kEvents;
  return lowering;
}

void check_options(const Options& options) {
  cli::require_one_standard_input({options.model, options.verify});
  cli::require_separate_outputs({options.output}, {options.verify});
  const bool verifies = !options.verify.empty();
  if (options.json && !options.check && !verifies) {
    fail(ErrorKind::kUsage, "--json: only --check and --verify report anything");
  }
  if (options.progress && !verifies) {
    fail(ErrorKind::kUsage, "--progress: only --verify takes long");
  }
  if (!options.check && !verifies) cli::require_no_terminal(options.output);
  if (options.input_scaling.empty()) return;
  const double a = options.input_scaling[0];
  const double b = options.input_scaling[1];
  if (!(a > 0) || !std::isfinite(a) || !std::isfinite(b)) {
    fail(ErrorKind::kUsage, "--input-scaling {},{}: A is above 0 and both are finite", a, b);
  }
}

cnn::Network load_cnn(const Options& options) {
  cnn::Network network = codec::load_network(options.model);
  if (options.input_scaling.empty()) return network;
  const double a = options.input_scaling[0];
  const double b = options.input_scaling[1];
  ModelInfo& info = network.info;
  const bool has_own = info.scaling_a != 1 || info.scaling_b != 0;
  if (has_own && (info.scaling_a != a || info.scaling_b != b)) {
    fail(ErrorKind::kInvalid, "{}: input scaling {},{} contradicts --input-scaling {},{}",
         options.model, info.scaling_a, info.scaling_b, a, b);
  }
  info.scaling_a = a;
  info.scaling_b = b;
  return network;
}

Conversion convert_cnn(const cnn::Network& network, const Options& options) {
  Conversion result{
      .lowered = lower::lower(network, options.lowering()), .model = {}, .findings = {}};
  result.findings = result.lowered.findings;
  const auto is_error = [](const lower::Finding& finding) { return finding.is_error; };
  if (std::any_of(result.findings.begin(), result.findings.end(), is_error)) return result;
  result.model = convert::snn_from_cnn(network, result.lowered);
  const auto wide = convert::wide_thresholds(*result.model, hw::kThresholdBits);
  result.findings.insert(result.findings.end(), wide.begin(), wide.end());
  return result;
}

}  // namespace akida::convert_tool
