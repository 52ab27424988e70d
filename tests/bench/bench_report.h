// Timing of candidates side by side: each is run in turn, round after round, so that whatever
// else the machine does meets all of them; medians are compared.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace akida::bench {

struct Candidate {
  std::string name;
  std::function<void()> run;  // one pass over the whole shape
};

// Median milliseconds of one pass of every candidate, interleaved, in this thread.
[[nodiscard]] std::vector<double> measure(const std::vector<Candidate>& candidates);

// Prints rows "case candidate ms GMAC/s ratio" to stdout.
class Report {
 public:
  // Only cases whose name contains `filter` are measured.
  explicit Report(std::string filter) : filter_(std::move(filter)) {}

  [[nodiscard]] bool wants(const std::string& name) const {
    return name.find(filter_) != std::string::npos;
  }

  // Measures one case. The first candidate is the peer: ratios are peer time / candidate time,
  // above 1 where the candidate is faster. `macs` counts the multiplications of the dense shape.
  void add(const std::string& name, double macs, const std::vector<Candidate>& candidates);

 private:
  std::string filter_;
  bool titled_ = false;
};

}  // namespace akida::bench
