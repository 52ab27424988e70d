#include "akida-quantize/quantize_report.h"

#include <fmt/format.h>

#include <cmath>

#include "common/report.h"
#include "common/sample_json.h"
#include "common/shared_options.h"
#include "common/text_table.h"

namespace akida::quantize_tool {
namespace {

using nlohmann::ordered_json;

ordered_json kernel_json(const quant::KernelReport& kernel) {
  return {{"layer", kernel.layer},
          {"kernel", kernel.kernel},
          {"kind", cnn::name_of(kernel.quantizer.kind)},
          {"bits", kernel.quantizer.bits},
          // JSON has no infinity: null where quantization changes nothing.
          {"decibels", std::isfinite(kernel.decibels) ? ordered_json(kernel.decibels) : nullptr},
          {"zeros", kernel.zeros},
          {"clipped", kernel.clipped},
          {"homogeneity", kernel.homogeneity}};
}

ordered_json activation_json(const quant::ActivationReport& activation,
                             const Calibration& calibration) {
  const cnn::ActivationQuantizer& quantizer = activation.quantizer;
  ordered_json entry = {{"layer", activation.layer},
                        {"bits", quantizer.bits},
                        {"threshold", cli::float_json(quantizer.threshold)},
                        {"step", cli::float_json(quantizer.step)}};
  const auto range = calibration.ranges.find(activation.layer);
  if (range != calibration.ranges.end()) {
    entry["largest"] = cli::float_json(range->second.largest());
  }
  return entry;
}

}  // namespace

void print_json(const std::string& model, const quant::QuantizationReport& report,
                const Calibration& calibration) {
  ordered_json object = cli::make_report("quantization");
  object["model"] = cli::base_name(model);
  object["kernels"] = ordered_json::array();
  for (const auto& kernel : report.kernels) object["kernels"].push_back(kernel_json(kernel));
  object["activations"] = ordered_json::array();
  for (const auto& activation : report.activations) {
    object["activations"].push_back(activation_json(activation, calibration));
  }
  if (calibration.samples > 0) object["samples"] = calibration.samples;
  if (!calibration.roundings.empty()) {
    object["roundings"] = ordered_json::array();
    for (const quant::RoundingReport& rounding : calibration.roundings) {
      object["roundings"].push_back({{"layer", rounding.layer},
                                     {"error_before", rounding.error_before},
                                     {"error_after", rounding.error_after},
                                     {"changed", rounding.changed}});
    }
  }
  if (!calibration.shifts.empty()) {
    object["bias_shifts"] = ordered_json::array();
    for (const quant::BiasShift& shift : calibration.shifts) {
      object["bias_shifts"].push_back(
          {{"layer", shift.layer}, {"mean_magnitude", shift.mean_magnitude}});
    }
  }
  cli::print_report(object);
}

std::string report_text(const quant::QuantizationReport& report) {
  cli::TextTable kernels(
      "", {"Kernel", "Range", "Bits", "SNR (dB)", "Zeros", "Clipped", "Homogeneity"});
  for (const quant::KernelReport& kernel : report.kernels) {
    kernels.add_row(
        {kernel.layer + "." + kernel.kernel, cnn::name_of(kernel.quantizer.kind),
         fmt::format("{}", kernel.quantizer.bits),
         std::isfinite(kernel.decibels) ? fmt::format("{:.1f}", kernel.decibels) : "exact",
         fmt::format("{:.1f} %", 100 * kernel.zeros), fmt::format("{:.1f} %", 100 * kernel.clipped),
         fmt::format("{:.2f}", kernel.homogeneity)});
  }
  cli::TextTable activations("", {"Activation", "Bits", "Threshold", "Step", "Maximum"});
  for (const quant::ActivationReport& activation : report.activations) {
    const cnn::ActivationQuantizer& quantizer = activation.quantizer;
    activations.add_row(
        {activation.layer, fmt::format("{}", quantizer.bits),
         fmt::format("{:.4g}", quantizer.threshold), fmt::format("{:.4g}", quantizer.step),
         fmt::format("{:.4g}", quantizer.step * static_cast<float>(quantizer.levels()))});
  }
  return kernels.text() + activations.text();
}

}  // namespace akida::quantize_tool
