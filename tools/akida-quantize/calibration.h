// Work of akida-quantize that needs data.
#pragma once

#include "akida-quantize/quantize_options.h"
#include "akida-quantize/quantize_report.h"
#include "cnn/network.h"
#include "nn/sample_set.h"

namespace akida::quantize_tool {

// The first --samples samples of the --calibrate streams, which must be of one kind. Throws
// kInvalid where there are none.
[[nodiscard]] nn::SampleSet read_samples(const Options& options);

// Takes ranges of activations, and codes and biases where the options ask for it, from `samples`.
// `original` is the network before quantization.
[[nodiscard]] Calibration calibrate(const cnn::Network& original, const nn::SampleSet& samples,
                                    const Options& options, cnn::Network& quantized);

}  // namespace akida::quantize_tool
