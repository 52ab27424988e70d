// Which kernel family runs a layer for one sample, by the measured share of non-zero inputs.
//
// At load: `plan_families` says which two families a layer uses, so that only their weights are
// packed. Per sample: `choose_family` picks one of them. Every family gives the same potentials;
// only speed depends on the choice. Thresholds are ratios of measured costs, see choose.cpp.
#pragma once

#include <cstdint>

namespace akida::kernels {

enum class KernelFamily : std::uint8_t {
  kDense,         // conv_tile; fc_dense for fully connected layers
  kEvents,        // event_stream and event_conv
  kEventAdds,     // event_stream and event_add: 1-bit activations
  kBitPlanes,     // pack_bits and bit_planes: 1-bit activations, 1-bit or ternary weights
  kNibbles,       // fc_nibbles
  kNibbleEvents,  // event_stream and fc_nibble_events
};

// What the choice depends on.
struct LayerTraits {
  bool fully_connected = false;
  std::int64_t window = 1;  // kernel width * height * channels; inputs of a fully connected one
  std::int32_t neurons = 1;
  std::int32_t max_value = 15;  // largest input value
  std::int32_t max_weight = 7;  // largest weight magnitude
};

// Families for the CPU features of now, see cpu_features().
struct FamilyPlan {
  KernelFamily dense = KernelFamily::kDense;    // where many inputs are non-zero
  KernelFamily sparse = KernelFamily::kEvents;  // where few are
  double crossover = 0.0;  // share of non-zero inputs below which sparse is faster; 0 = never
};

// The families of a layer. Where `crossover` is 0 only `dense` is ever used.
[[nodiscard]] FamilyPlan plan_families(const LayerTraits& layer);

// The family for a sample with `nonzero` of `inputs` input values not 0.
[[nodiscard]] inline KernelFamily choose_family(const FamilyPlan& plan, std::int64_t nonzero,
                                                std::int64_t inputs) {
  const bool is_sparse =
      static_cast<double>(nonzero) < plan.crossover * static_cast<double>(inputs);
  return is_sparse ? plan.sparse : plan.dense;
}

}  // namespace akida::kernels
