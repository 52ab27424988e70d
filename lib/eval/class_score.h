// How well predicted classes agree with true ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace akida::eval {

// The class that none of the neurons stands for: no prediction.
inline constexpr std::int32_t kNoClass = -1;

// Precision and recall of one class.
struct ClassReport {
  std::int32_t class_index = 0;
  std::uint64_t samples = 0;    // of this class
  std::uint64_t predicted = 0;  // as this class
  std::uint64_t correct = 0;

  [[nodiscard]] double precision() const;  // correct / predicted; 0 where nothing was predicted
  [[nodiscard]] double recall() const;     // correct / samples; 0 where there are none
  [[nodiscard]] double f1() const;         // their harmonic mean; 0 where both are 0
};

// Counts of true and predicted classes.
class Confusion {
 public:
  // Both in 0.., the prediction may be kNoClass.
  void add(std::int32_t truth, std::int32_t predicted);

  [[nodiscard]] std::uint64_t samples() const { return samples_; }
  [[nodiscard]] std::uint64_t correct() const;
  [[nodiscard]] double accuracy() const;  // 0 without samples

  // Samples of class `truth` predicted as `predicted`.
  [[nodiscard]] std::uint64_t count(std::int32_t truth, std::int32_t predicted) const;

  // One more than the highest class that occurs.
  [[nodiscard]] std::int32_t class_count() const { return class_count_; }

  // Every class that occurs, as truth or as prediction, rising.
  [[nodiscard]] std::vector<ClassReport> classes() const;

 private:
  std::map<std::pair<std::int32_t, std::int32_t>, std::uint64_t> counts_;
  std::uint64_t samples_ = 0;
  std::int32_t class_count_ = 0;
};

// Means over classes: every class counts the same.
struct MacroMeans {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};
[[nodiscard]] MacroMeans macro_means(std::span<const ClassReport> classes);

// One value per class: the highest over all locations and over the neurons of the class. `values`
// is [locations][neurons]; neurons is a multiple of neurons_per_class.
[[nodiscard]] std::vector<double> class_values(std::span<const double> values, std::size_t neurons,
                                               std::size_t neurons_per_class);

// How many classes come before `truth` when sorted by value, equal ones by index: it is among the
// first k where this is below k. `truth` beyond the values comes after all.
[[nodiscard]] std::size_t rank_of(std::span<const double> values, std::int32_t truth);

}  // namespace akida::eval
