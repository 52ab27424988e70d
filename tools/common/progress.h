// A progress bar on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace akida::cli {

// "akida-run: [=====>    ]  52 %  31500 samples  10213/s  3 s left", redrawn at most five times a
// second. Shown where standard error is a terminal, -q was not given and the work lasts longer
// than a second; `wanted` (--progress, --no-progress) decides otherwise. Clears its line at the
// end.
class Progress {
 public:
  // `unit`: the plural of what is counted.
  Progress(std::optional<bool> wanted, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` units so far, which are `share` (0..1) of the work; unknown: no bar, no remaining time.
  void update(std::uint64_t done, std::optional<double> share);

 private:
  using Clock = std::chrono::steady_clock;

  bool shown_;
  std::string unit_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_;
  std::size_t drawn_ = 0;  // characters on the line
};

// What Progress draws behind the name of the tool; seconds since the start.
[[nodiscard]] std::string progress_line(std::uint64_t done, std::optional<double> share,
                                        double seconds, const std::string& unit);

}  // namespace akida::cli
