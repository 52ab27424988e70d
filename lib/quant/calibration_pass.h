// Runs a network over calibration samples and shows outputs of chosen layers. Internal to quant.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "cnn/network.h"
#include "nn/sample_set.h"

namespace akida::quant {

// Calls visit(k, outputs) for every batch of samples in order and every k: the outputs of layer
// observed[k], [samples of the batch][output shape]. Batches are the same for every network.
void run_calibration(const cnn::Network& network, const nn::SampleSet& samples,
                     const std::vector<std::size_t>& observed, int jobs,
                     const std::function<void(std::size_t, std::span<const float>)>& visit);

}  // namespace akida::quant
