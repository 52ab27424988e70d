#include "common/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "common/command.h"

namespace akida::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(1);        // shorter work shows nothing
constexpr auto kRefresh = std::chrono::milliseconds(200);  // time between two drawings
constexpr int kBarWidth = 30;

std::string duration_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string bar_text(double share) {
  const auto filled = static_cast<std::size_t>(share * kBarWidth);
  std::string bar(filled, '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  return fmt::format("[{}] {:3.0f} %", bar, share * 100);
}

}  // namespace

std::string progress_line(std::uint64_t done, std::optional<double> share, double seconds,
                          const std::string& unit) {
  std::string line;
  if (share) line += bar_text(std::clamp(*share, 0.0, 1.0)) + "  ";
  line += fmt::format("{} {}", done, unit);
  if (seconds > 0) line += fmt::format("  {:.0f}/s", static_cast<double>(done) / seconds);
  if (share && *share > 0 && *share < 1) {
    line += fmt::format("  {} left", duration_text(seconds * (1 - *share) / *share));
  }
  return line;
}

Progress::Progress(std::optional<bool> wanted, std::string unit)
    : shown_(wanted.value_or(isatty(STDERR_FILENO) != 0 && invocation().verbosity >= 0)),
      unit_(std::move(unit)),
      next_(wanted.value_or(false) ? start_ : start_ + kPatience) {}

void Progress::update(std::uint64_t done, std::optional<double> share) {
  if (!shown_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kRefresh;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::string line = invocation().tool + ": " + progress_line(done, share, seconds, unit_);
  const std::size_t length = line.size();
  line.resize(std::max(length, drawn_), ' ');  // covers what was there
  drawn_ = length;
  fmt::print(stderr, "\r{}", line);
  std::fflush(stderr);
}

Progress::~Progress() {
  if (drawn_ == 0) return;
  std::fputs(("\r" + std::string(drawn_, ' ') + "\r").c_str(), stderr);
}

}  // namespace akida::cli
