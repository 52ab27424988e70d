// bench-kernels [CPU-MASK [FILTER]]: our kernels beside oneDNN, one thread; see scripts/bench.
#include <cstdio>
#include <string>

#include "base/cpu.h"
#include "base/error.h"
#include "bench_dense.h"
#include "bench_network.h"
#include "bench_report.h"
#include "bench_sparse.h"

int main(int argc, char** argv) {
  try {
    akida::set_cpu_mask(akida::parse_cpu_mask(argc > 1 ? argv[1] : "all"));
    std::printf("# cpu features used: %s\n",
                akida::cpu_feature_names(akida::cpu_features()).c_str());
    akida::bench::Report report(argc > 2 ? argv[2] : "");
    akida::bench::add_dense_rows(report);
    akida::bench::add_sparse_rows(report);
    akida::bench::add_fully_connected_rows(report);
    akida::bench::add_network_rows(report);
  } catch (const akida::Error& error) {
    std::fprintf(stderr, "bench-kernels: %s\n", error.what());
    return 1;
  }
  return 0;
}
