// Rows of the dense convolution kernels.
#pragma once

#include "bench_report.h"

namespace akida::bench {

// conv_tile and levels in bands, as the engine runs them, against oneDNN.
void add_dense_rows(Report& report);

}  // namespace akida::bench
