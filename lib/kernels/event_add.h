// event_conv for 1-bit activations: every event has value 1, so weight rows are only added.
//
//   potentials[p][n] = sum over the events e of window p of weights[row of e][n]
//
// Streams, windows, weights and potentials are event_conv's, except: the stream was built with
// group 1 (an added entry of value 0 would count), and windows.narrow_limit is event_add_limit() of
// the largest weight magnitude, >= 1.
#pragma once

#include "kernels/event_conv.h"

namespace akida::kernels {

#define AKIDA_KERNEL(fn, need) EventConvFn fn;
#include "kernels/event_add.inc"
#undef AKIDA_KERNEL

// The fastest variant that this machine and the CPU mask allow.
[[nodiscard]] EventConvFn* event_add();

}  // namespace akida::kernels
