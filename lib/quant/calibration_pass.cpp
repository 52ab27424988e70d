#include "quant/calibration_pass.h"

#include <algorithm>
#include <numeric>

#include "nn/batch_loader.h"
#include "nn/network_executor.h"

namespace akida::quant {

void run_calibration(const cnn::Network& network, const nn::SampleSet& samples,
                     const std::vector<std::size_t>& observed, int jobs,
                     const std::function<void(std::size_t, std::span<const float>)>& visit) {
  constexpr std::size_t kBatch = 32;
  nn::NetworkExecutor executor(network, {.batch = kBatch, .jobs = jobs, .observed = observed});
  for (std::size_t first = 0; first < samples.size(); first += kBatch) {
    std::vector<std::uint32_t> indices(std::min(kBatch, samples.size() - first));
    std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(first));
    const nn::TrainingBatch batch = nn::load_batch(samples, indices, jobs);
    (void)executor.forward(batch.values);
    for (std::size_t k = 0; k < observed.size(); ++k) visit(k, executor.output(observed[k]));
  }
}

}  // namespace akida::quant
