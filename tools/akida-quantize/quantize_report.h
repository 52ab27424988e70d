// The report of akida-quantize: what quantization made of every layer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "quant/activation_ranges.h"
#include "quant/adaptive_rounding.h"
#include "quant/bias_correction.h"
#include "quant/quantization_report.h"

namespace akida::quantize_tool {

// What was learned from data on the way.
struct Calibration {
  std::size_t samples = 0;
  std::map<std::string, quant::RangeHistogram> ranges;
  std::vector<quant::RoundingReport> roundings;
  std::vector<quant::BiasShift> shifts;
};

// One JSON object on standard output.
void print_json(const std::string& model, const quant::QuantizationReport& report,
                const Calibration& calibration);

// The same as two tables.
[[nodiscard]] std::string report_text(const quant::QuantizationReport& report);

}  // namespace akida::quantize_tool
