// What quantization makes of a network, layer by layer.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cnn/network.h"
#include "cnn/quantizer.h"

namespace akida::quant {

// A quantized kernel.
struct KernelReport {
  std::string layer;
  std::string kernel;  // the variable
  cnn::WeightQuantizer quantizer;
  double decibels = 0;     // 10 log10(sum w^2 / sum (w - w_q)^2); infinite without any error
  double zeros = 0;        // share of codes that are 0
  double clipped = 0;      // share of weights beyond the largest code
  double homogeneity = 1;  // weights_homogeneity
};

// A quantized activation.
struct ActivationReport {
  std::string layer;
  cnn::ActivationQuantizer quantizer;
};

struct QuantizationReport {
  std::vector<KernelReport> kernels;          // in the order of the layers
  std::vector<ActivationReport> activations;  // the same
};

[[nodiscard]] QuantizationReport quantization_report(const cnn::Network& network);

}  // namespace akida::quant
