// Rows of the kernels for sparse and separable layers.
#pragma once

#include "bench_report.h"

namespace akida::bench {

// Event streams at several shares of zeros, and separable convolutions, against oneDNN.
void add_sparse_rows(Report& report);

// Fully connected layers of one sample: binary, and with 4-bit weights.
void add_fully_connected_rows(Report& report);

}  // namespace akida::bench
