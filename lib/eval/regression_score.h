// How far predicted numbers are from the true ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace akida::eval {

struct RegressionReport {
  double mean_absolute_error = 0;
  double mean_squared_error = 0;
  double mean_error = 0;  // prediction - truth: the bias
  double r_squared = 0;   // 1 - squared error / variance of the truth; NaN for a constant one
};

// Sums over samples of `targets` numbers each, in double.
class RegressionScore {
 public:
  explicit RegressionScore(std::size_t targets) : sums_(targets) {}

  // Both have as many numbers as targets.
  void add(std::span<const double> predicted, std::span<const double> truth);

  [[nodiscard]] std::uint64_t samples() const { return samples_; }

  // Of one of the targets; of all as one list of numbers. NaN without samples.
  [[nodiscard]] RegressionReport target(std::size_t index) const;
  [[nodiscard]] RegressionReport all() const;

 private:
  struct Sums {
    std::uint64_t count = 0;
    double absolute = 0, squared = 0, difference = 0;
    double mean = 0, spread = 0;  // of the truth, by Welford's recurrence

    void add(double predicted, double truth);
    [[nodiscard]] RegressionReport report() const;
  };

  std::vector<Sums> sums_;
  Sums all_;
  std::uint64_t samples_ = 0;
};

}  // namespace akida::eval
