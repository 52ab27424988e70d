#include "engine/potential_source.h"

#include <algorithm>
#include <limits>

#include "kernels/event_stream.h"

namespace akida::engine {
namespace {

using kernels::KernelFamily;

SourcePointer make_family(const snn::Layer& layer, PlainWeights weights, KernelFamily family) {
  switch (family) {
    case KernelFamily::kEvents:
      return make_event_source(layer, weights, false);
    case KernelFamily::kEventAdds:
      return make_event_source(layer, weights, true);
    case KernelFamily::kBitPlanes:
      return make_bit_plane_source(layer, weights);
    case KernelFamily::kNibbles:
      return make_nibble_source(layer, weights);
    case KernelFamily::kNibbleEvents:
      return make_nibble_event_source(layer, weights);
    case KernelFamily::kDense:
      break;
  }
  return layer.type() == snn::LayerType::kFullyConnected
             ? make_fully_connected_source(layer, weights)
             : make_dense_source(layer, weights);
}

// One of two families, by the share of non-zero inputs.
class ChoosingSource : public PotentialSource {
 public:
  ChoosingSource(const snn::Layer& layer, PlainWeights weights, const kernels::FamilyPlan& plan)
      : plan_(plan),
        inputs_(layer.input_shape.size()),
        dense_(make_family(layer, weights, plan.dense)),
        sparse_(make_family(layer, weights, plan.sparse)) {}

  void run(const SourceCall& call) const override {
    const auto nonzeros = static_cast<std::int64_t>(call.nonzeros);
    const bool sparse = kernels::choose_family(plan_, nonzeros, inputs_) == plan_.sparse;
    (sparse ? sparse_ : dense_)->run(call);
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t rows) const override {
    return std::max(dense_->scratch_bytes(rows), sparse_->scratch_bytes(rows));
  }

 private:
  kernels::FamilyPlan plan_;
  std::int64_t inputs_;
  SourcePointer dense_;
  SourcePointer sparse_;
};

// Event streams address weights with 32 bits: byte (column * rows + row) * channels * 64.
bool fits_events(const Windows& windows) {
  const std::int64_t bytes = std::int64_t{windows.map_width} * windows.kernel.rows *
                             windows.kernel.channels * kernels::kEventNeurons;
  return bytes <= std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

SourcePointer make_source(const snn::Layer& layer) {
  if (layer.type() == snn::LayerType::kSeparableConvolutional) return make_separable_source(layer);
  if (snn::weights_bits(layer) == 0) return nullptr;
  const kernels::FamilyPlan plan = kernels::plan_families(traits_of(layer));
  const std::vector<std::int8_t> weights = weights_by_neuron(layer);
  if (plan.crossover <= 0 || !fits_events(windows_of(layer))) {
    return make_family(layer, weights, plan.dense);
  }
  return std::make_unique<ChoosingSource>(layer, weights, plan);
}

}  // namespace akida::engine
