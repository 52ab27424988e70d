// Runs one sample through a planned network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/network_plan.h"
#include "kernels/aligned.h"

namespace akida::engine {

// The maps of one sample, and what was counted while it ran.
struct Workspace {
  explicit Workspace(const NetworkPlan& plan);

  kernels::AlignedVector<std::uint8_t> bytes;
  std::uint64_t sample_nonzeros = 0;    // of the network's input
  std::vector<std::uint64_t> nonzeros;  // of every layer's output
};

// The int32 map at `offset` of PotentialMap or LayerPlan::unpooled.
[[nodiscard]] inline std::int32_t* potentials_at(Workspace& workspace, std::size_t offset) {
  return reinterpret_cast<std::int32_t*>(workspace.bytes.data() + offset);
}
[[nodiscard]] inline const std::int32_t* potentials_at(const Workspace& workspace,
                                                       std::size_t offset) {
  return reinterpret_cast<const std::int32_t*>(workspace.bytes.data() + offset);
}

// Non-zero values of the layer's whole input.
[[nodiscard]] std::uint64_t input_nonzeros(const LayerPlan& layer, const Workspace& workspace);

// The memory of one thread.
using Scratch = kernels::AlignedVector<std::byte>;

class Executor {
 public:
  // One entry of `scratch` per thread that may work on the sample; all must outlive the executor.
  Executor(const NetworkPlan& plan, std::span<Scratch> scratch) : plan_(plan), scratch_(scratch) {}

  // Runs layers [0, layers) on the input that place_sample left in `workspace`; the counts of later
  // layers stay.
  void run(Workspace& workspace, std::size_t layers) const;

 private:
  void run_layer(std::size_t index, Workspace& workspace) const;
  [[nodiscard]] std::uint64_t run_weights(const LayerPlan& layer, Workspace& workspace) const;

  const NetworkPlan& plan_;
  std::span<Scratch> scratch_;
};

}  // namespace akida::engine
