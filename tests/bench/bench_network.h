// Rows of whole networks through the engine.
#pragma once

#include "bench_report.h"

namespace akida::bench {

// Networks of 4-bit layers with about 54 % zeros, forward of one sample by the engine, against
// oneDNN's primitives of the same layers one after another (which keep no exact sums).
void add_network_rows(Report& report);

}  // namespace akida::bench
