// How well one number tells positive samples from negative ones, at a threshold and at all.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace akida::eval {

struct ScoredSample {
  double score = 0;  // the higher, the more it speaks for positive; no NaN
  bool positive = false;
};

// The area under the receiver operating characteristic: the probability that a positive sample has
// a higher score than a negative one, equal scores counting half (Mann-Whitney). NaN where one of
// the two kinds is missing.
[[nodiscard]] double roc_auc(std::span<const ScoredSample> samples);

// Positive is what has a score above `threshold`.
struct BinaryCounts {
  std::uint64_t true_positive = 0;
  std::uint64_t false_positive = 0;
  std::uint64_t true_negative = 0;
  std::uint64_t false_negative = 0;

  void add(const ScoredSample& sample, double threshold);
  [[nodiscard]] std::uint64_t samples() const;
  [[nodiscard]] double accuracy() const;   // this and the following: 0 where undefined
  [[nodiscard]] double precision() const;  // of what was called positive
  [[nodiscard]] double recall() const;     // of what is positive
  [[nodiscard]] double f1() const;
};

struct BestThreshold {
  double threshold = 0;
  std::uint64_t correct = 0;
};

// The threshold that gets most samples right when positive is what has a score above it, the lowest
// of equals: midway between two scores, or infinite where all samples are best called the same.
[[nodiscard]] BestThreshold best_threshold(std::span<const ScoredSample> samples);

// Accuracy at the threshold that is best for the other samples, by cross-validation.
struct FoldAccuracy {
  std::vector<double> accuracies;  // one per fold
  double mean = 0;
  double deviation = 0;  // root of the mean squared difference from the mean
};

// Cuts the samples into `folds` consecutive parts whose sizes differ by 1 at most, as the LFW
// protocol does with 10. 2 <= folds <= samples (kInvalid otherwise).
[[nodiscard]] FoldAccuracy fold_accuracy(std::span<const ScoredSample> samples, std::size_t folds);

}  // namespace akida::eval
