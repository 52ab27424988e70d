#include "engine/potential_source.h"

#include <algorithm>
#include <atomic>
#include <limits>

#include "kernels/event_stream.h"

namespace akida::engine {
namespace {

using kernels::KernelFamily;

SourcePointer make_family(const snn::Layer& layer, const kernels::LayerTraits& traits,
                          KernelFamily family) {
  switch (family) {
    case KernelFamily::kEvents:
      return make_event_source(layer, traits, false);
    case KernelFamily::kEventAdds:
      return make_event_source(layer, traits, true);
    case KernelFamily::kBitPlanes:
      return make_bit_plane_source(layer);
    case KernelFamily::kNibbles:
      return make_nibble_source(layer);
    case KernelFamily::kNibbleEvents:
      return make_nibble_event_source(layer);
    case KernelFamily::kDense:
      break;
  }
  return layer.type() == snn::LayerType::kFullyConnected ? make_fully_connected_source(layer)
                                                         : make_dense_source(layer, traits);
}

// Calls that make do with bit planes before events get their rows of weights, which are eight times
// as large: packing them takes as long as so many calls gain.
constexpr std::int32_t kCallsOfPlanes = 256;

// One of two families, by the share of non-zero inputs.
class ChoosingSource : public PotentialSource {
 public:
  ChoosingSource(const snn::Layer& layer, const kernels::LayerTraits& traits,
                 const kernels::FamilyPlan& plan)
      : plan_(plan),
        inputs_(layer.input_shape.size()),
        dense_(make_family(layer, traits, plan.dense)),
        sparse_(make_family(layer, traits, plan.sparse)),
        calls_to_wait_(plan.dense == KernelFamily::kBitPlanes ? kCallsOfPlanes : 0) {}

  void run(const SourceCall& call) const override { chosen(call).run(call); }

  std::size_t run_levels(const SourceCall& call, const LevelsStep& step,
                         const kernels::ConvLevelsTarget& target) const override {
    return chosen(call).run_levels(call, step, target);
  }

  [[nodiscard]] std::size_t scratch_bytes(std::int32_t rows) const override {
    return std::max(dense_->scratch_bytes(rows), sparse_->scratch_bytes(rows));
  }

 private:
  [[nodiscard]] const PotentialSource& chosen(const SourceCall& call) const {
    const auto nonzeros = static_cast<std::int64_t>(call.nonzeros);
    const bool sparse = kernels::choose_family(plan_, nonzeros, inputs_) == plan_.sparse;
    return sparse && !waits() ? *sparse_ : *dense_;
  }

  // True for the first calls that would need rows of bytes beside bit planes.
  [[nodiscard]] bool waits() const {
    return calls_to_wait_.load(std::memory_order_relaxed) > 0 &&
           calls_to_wait_.fetch_sub(1, std::memory_order_relaxed) > 0;
  }

  kernels::FamilyPlan plan_;
  std::int64_t inputs_;
  SourcePointer dense_;
  SourcePointer sparse_;
  mutable std::atomic<std::int32_t> calls_to_wait_;
};

// Event streams address weights with 32 bits: an event's offset is below 64 times the columns of a
// call plus the cells of the kernel. A call covers a row of the map or, where windows adjoin, a
// band (see band_rows): hardly more than a row, or fewer than 256 pixels.
bool fits_events(const Windows& windows) {
  constexpr std::int64_t kBandPixels = 256;
  const kernels::ConvKernelShape& kernel = windows.kernel;
  const std::int64_t columns = windows.map_width + kBandPixels;
  const std::int64_t cells = std::int64_t{kernel.rows} * kernel.channels * kernel.columns;
  return (columns + cells) * kernels::kEventNeurons <= std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

std::size_t write_levels(const LevelsStep& step, const std::int32_t* potentials, std::int32_t width,
                         std::int32_t lines, const kernels::ConvLevelsTarget& target) {
  const std::ptrdiff_t stride = padded_channels(step.table.neurons);
  if (target.line_stride == width * target.pixel_stride) {
    return step.kernel(step.table, potentials, stride, lines * width, target.levels,
                       target.pixel_stride);
  }
  std::size_t nonzeros = 0;
  std::uint8_t* levels = target.levels;
  for (std::int32_t line = 0; line < lines; ++line) {
    nonzeros += step.kernel(step.table, potentials, stride, width, levels, target.pixel_stride);
    potentials += width * stride;
    levels += target.line_stride;
  }
  return nonzeros;
}

std::size_t PotentialSource::run_levels(const SourceCall& call, const LevelsStep& step,
                                        const kernels::ConvLevelsTarget& target) const {
  SourceCall band = call;
  kernels::ConvLevelsTarget place = target;
  std::size_t nonzeros = 0;
  for (std::int32_t y = call.first; y < call.last; y = band.last) {
    band.first = y;
    band.last = std::min(y + call.band, call.last);
    run(band);
    const std::int32_t lines = band.last - band.first;
    nonzeros += write_levels(step, band.potentials, call.width, lines, place);
    place.levels += lines * place.line_stride;
  }
  return nonzeros;
}

SourcePointer make_source(const snn::Layer& layer) {
  if (layer.type() == snn::LayerType::kSeparableConvolutional) return make_separable_source(layer);
  if (snn::weights_bits(layer) == 0) return nullptr;
  const kernels::LayerTraits traits = traits_of(layer);
  const kernels::FamilyPlan plan = kernels::plan_families(traits);
  if (plan.crossover <= 0 || !fits_events(windows_of(layer))) {
    return make_family(layer, traits, plan.dense);
  }
  return std::make_unique<ChoosingSource>(layer, traits, plan);
}

}  // namespace akida::engine
