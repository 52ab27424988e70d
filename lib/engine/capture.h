// Copies layers' values out of a workspace, for outputs and observers.
#pragma once

#include <cstddef>
#include <span>

#include "engine/executor.h"
#include "tensor/dense.h"

namespace akida::engine {

// Values of one layer that somebody wants: levels (u8), or potentials (i32), which are 0 where the
// layer has levels and the level is 0. `target` is [samples, height, width, channels].
struct Capture {
  std::size_t layer = 0;
  bool potentials = false;
  Dense* target = nullptr;
};

// Copies the captured values of `workspace` into place `sample` of the targets.
void capture_values(const NetworkPlan& plan, const Workspace& workspace,
                    std::span<const Capture> captures, std::size_t sample);

}  // namespace akida::engine
