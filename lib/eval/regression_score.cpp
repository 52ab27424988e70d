#include "eval/regression_score.h"

#include <cmath>
#include <limits>

namespace akida::eval {

void RegressionScore::Sums::add(double predicted, double truth) {
  const double error = predicted - truth;
  ++count;
  absolute += std::abs(error);
  squared += error * error;
  difference += error;
  const double before = truth - mean;
  mean += before / static_cast<double>(count);
  spread += before * (truth - mean);
}

RegressionReport RegressionScore::Sums::report() const {
  const auto samples = static_cast<double>(count);
  return {
      .mean_absolute_error = absolute / samples,
      .mean_squared_error = squared / samples,
      .mean_error = difference / samples,
      .r_squared = spread > 0 ? 1 - squared / spread : std::numeric_limits<double>::quiet_NaN()};
}

void RegressionScore::add(std::span<const double> predicted, std::span<const double> truth) {
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    sums_[i].add(predicted[i], truth[i]);
    all_.add(predicted[i], truth[i]);
  }
  ++samples_;
}

RegressionReport RegressionScore::target(std::size_t index) const { return sums_[index].report(); }

RegressionReport RegressionScore::all() const { return all_.report(); }

}  // namespace akida::eval
