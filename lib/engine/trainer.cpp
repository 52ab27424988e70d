#include "engine/trainer.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/error.h"
#include "snn/activation.h"

namespace akida::engine {
namespace {

// Boundary n of every neuron, n = 0..2^bits-2, saturated: potentials of 1-bit weights are >= 0.
std::vector<std::int32_t> level_boundaries(const snn::Layer& layer) {
  if (snn::outputs_potentials(layer)) return {};
  const std::int32_t bits = snn::activation_of(layer)->threshold_fire_bits;
  const snn::Variables& variables = layer.variables;
  std::vector<std::int32_t> boundaries;
  for (std::int32_t n = 0; n < (1 << bits) - 1; ++n) {
    for (std::size_t neuron = 0; neuron < variables.threshold_fire.size(); ++neuron) {
      const std::int64_t boundary = snn::activation_boundary(
          variables.threshold_fire[neuron], variables.threshold_fire_step[neuron], bits, n);
      boundaries.push_back(static_cast<std::int32_t>(
          std::clamp<std::int64_t>(boundary, -1, std::numeric_limits<std::int32_t>::max())));
    }
  }
  return boundaries;
}

std::optional<std::int32_t> label_of(const io::Batch& batch, std::size_t sample,
                                     const FitOptions& options) {
  switch (options.labels) {
    case FitLabels::kOfBatch:
      return batch.classes[sample];
    case FitLabels::kFixed:
      return options.label;
    case FitLabels::kNone:
      break;
  }
  return std::nullopt;
}

}  // namespace

Trainer::Trainer(snn::Model& model, EngineOptions options)
    : engine_(model, options),
      learner_(model),
      output_(model.output_shape()),
      boundaries_(level_boundaries(model.layers().back())) {}

Dense Trainer::fit(const io::Batch& batch, const FitOptions& options) {
  if (options.labels == FitLabels::kOfBatch && batch.classes.size() != batch.size) {
    fail(ErrorKind::kUsage, "the samples have no class labels to learn from");
  }
  const InputEvents inputs = engine_.last_layer_events(batch);
  const std::size_t samples = inputs.begin.size() - 1;
  const bool levels = !boundaries_.empty();
  Dense outputs(
      levels ? DType::kU8 : DType::kI32,
      {static_cast<std::int64_t>(samples), output_.height, output_.width, output_.channels});
  const std::size_t size = learner_.output_size();
  std::vector<std::int32_t> scratch(levels ? size : 0);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    const auto events =
        std::span(inputs.index)
            .subspan(inputs.begin[sample], inputs.begin[sample + 1] - inputs.begin[sample]);
    const std::span<std::int32_t> potentials =
        levels ? std::span(scratch) : outputs.data<std::int32_t>().subspan(sample * size, size);
    count(learner_.learn(events, label_of(batch, sample, options), potentials));
    if (levels) {
      write_levels(potentials, outputs.data<std::uint8_t>().subspan(sample * size, size));
    }
  }
  if (inputs.refused) throw SampleError(*inputs.refused, std::move(outputs));
  return outputs;
}

void Trainer::count(LearnResult result) {
  ++counts_.samples;
  switch (result) {
    case LearnResult::kLearned:
      ++counts_.learned;
      break;
    case LearnResult::kUnanswered:
      ++counts_.unanswered;
      break;
    case LearnResult::kDiscarded:
      ++counts_.discarded;
      break;
  }
}

// Level = number of boundaries that the potential exceeds.
void Trainer::write_levels(std::span<const std::int32_t> potentials,
                           std::span<std::uint8_t> levels) {
  const auto neurons = static_cast<std::size_t>(output_.channels);
  for (std::size_t first = 0; first < potentials.size(); first += neurons) {
    for (std::size_t row = 0; row < boundaries_.size(); row += neurons) {
      for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        const bool exceeds = potentials[first + neuron] > boundaries_[row + neuron];
        levels[first + neuron] =
            static_cast<std::uint8_t>(levels[first + neuron] + (exceeds ? 1 : 0));
      }
    }
  }
}

}  // namespace akida::engine
