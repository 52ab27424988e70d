#include "bench_report.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace akida::bench {
namespace {

constexpr int kRounds = 101;
constexpr double kRoundSeconds = 0.0008;  // of one candidate

// Of this thread: what other programs use of the processor does not count.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of(const Candidate& candidate, int passes) {
  const double start = cpu_seconds();
  for (int i = 0; i < passes; ++i) candidate.run();
  return cpu_seconds() - start;
}

}  // namespace

std::vector<double> measure(const std::vector<Candidate>& candidates) {
  std::vector<int> passes;
  for (const Candidate& candidate : candidates) {
    candidate.run();
    const double once = std::max(seconds_of(candidate, 1), 1e-7);
    passes.push_back(std::max(1, static_cast<int>(kRoundSeconds / once)));
  }
  std::vector<std::vector<double>> times(candidates.size());
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      candidates[i].run();  // the caches are its own again
      times[i].push_back(seconds_of(candidates[i], passes[i]) / passes[i] * 1e3);
    }
  }
  std::vector<double> medians;
  for (std::vector<double>& values : times) {
    std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
    medians.push_back(values[kRounds / 2]);
  }
  return medians;
}

void Report::add(const std::string& name, double macs, const std::vector<Candidate>& candidates) {
  if (!wants(name)) return;
  if (!titled_) {
    std::printf("%-34s %-40s %10s %8s %7s\n", "case", "candidate", "ms", "GMAC/s", "ratio");
    titled_ = true;
  }
  const std::vector<double> times = measure(candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    std::printf("%-34s %-40s %10.4f %8.0f %7.2f\n", name.c_str(), candidates[i].name.c_str(),
                times[i], macs / times[i] / 1e6, times[0] / times[i]);
  }
  std::fflush(stdout);
}

}  // namespace akida::bench
