// Rows of the dense convolution kernels.
#pragma once

#include "bench_report.h"
#include "peer.h"

namespace akida::bench {

// One layer with random 4-bit weights, input and 4-bit activation.
[[nodiscard]] Candidate dense_candidate(const PeerShape& shape, double zeros, int max_input);

// conv_levels over whole maps, as the engine runs it, against oneDNN.
void add_dense_rows(Report& report);

}  // namespace akida::bench
