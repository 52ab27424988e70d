// Real values as bytes: a range of them, cut off at its ends, in 255 equal steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace akida::data {

// low stands for 0, high for 255.
struct ByteScaling {
  double low = 0;
  double high = 0;

  // The real value of one step, what a stream's header calls scale.
  [[nodiscard]] double step() const { return (high - low) / 255; }

  // (a, b) with x = (u - b) / a for a value x and its byte u: a network's input scaling.
  [[nodiscard]] std::pair<double, double> input_scaling() const {
    return {255 / (high - low), -low * 255 / (high - low)};
  }

  // round((clip(x, low, high) - low) * 255 / (high - low)), halves to even; 0 for a NaN.
  void apply(std::span<const float> values, std::span<std::uint8_t> bytes) const;
};

// Throws kInvalid unless both are finite and low is below high.
void validate(const ByteScaling& scaling);

// Percentiles of many values in little memory, exactly: the values are shown twice.
class PercentileFinder {
 public:
  // Each of `percents` within 0..100 (kUsage).
  explicit PercentileFinder(std::vector<double> percents);

  // The first time, all values in any pieces. Throws kInvalid for values that are not finite.
  void count(std::span<const float> values);

  // Between the two. Throws kInvalid where there were no values.
  void start_second_pass();

  // The second time, the same values.
  void refine(std::span<const float> values);

  // Of percents[index]: with n values, position percent / 100 * (n - 1) among them in rising order,
  // linear in between, as numpy.percentile.
  [[nodiscard]] double percentile(std::size_t index) const;

 private:
  // Values whose order keys have the same upper half, by their lower half.
  struct Bin {
    std::uint32_t upper = 0;
    std::uint64_t before = 0;  // values of lower bins
    std::vector<std::uint64_t> counts;
  };

  [[nodiscard]] double position(std::size_t index) const;
  [[nodiscard]] double value_at(std::uint64_t rank) const;
  void add_bin(std::uint64_t rank);

  std::vector<double> percents_;
  std::vector<std::uint64_t> counts_;  // by the upper half of the order key
  std::uint64_t total_ = 0;
  std::vector<Bin> bins_;
};

}  // namespace akida::data
