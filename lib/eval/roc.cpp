#include "eval/roc.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace akida::eval {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<ScoredSample> sorted(std::span<const ScoredSample> samples) {
  std::vector<ScoredSample> copy(samples.begin(), samples.end());
  std::ranges::sort(copy, {}, &ScoredSample::score);
  return copy;
}

// Calls tie(first, last) for every run of equal scores of `order`, which is sorted.
template <typename Tie>
void for_ties(const std::vector<ScoredSample>& order, const Tie& tie) {
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(),
                                   [&](const ScoredSample& s) { return s.score != first->score; });
    tie(first, last);
    first = last;
  }
}

std::uint64_t count_positive(auto first, auto last) {
  return static_cast<std::uint64_t>(
      std::count_if(first, last, [](const ScoredSample& s) { return s.positive; }));
}

}  // namespace

double roc_auc(std::span<const ScoredSample> samples) {
  std::uint64_t positive = 0, negative = 0;
  double pairs = 0;  // in which the positive one has the higher score
  for_ties(sorted(samples), [&](auto first, auto last) {
    const std::uint64_t here = count_positive(first, last);
    const std::uint64_t others = static_cast<std::uint64_t>(last - first) - here;
    pairs += static_cast<double>(here) *
             (static_cast<double>(negative) + static_cast<double>(others) / 2);
    positive += here;
    negative += others;
  });
  if (positive == 0 || negative == 0) return std::numeric_limits<double>::quiet_NaN();
  return pairs / static_cast<double>(positive) / static_cast<double>(negative);
}

void BinaryCounts::add(const ScoredSample& sample, double threshold) {
  if (sample.score > threshold) {
    ++(sample.positive ? true_positive : false_positive);
  } else {
    ++(sample.positive ? false_negative : true_negative);
  }
}

std::uint64_t BinaryCounts::samples() const {
  return true_positive + false_positive + true_negative + false_negative;
}

double BinaryCounts::accuracy() const { return ratio(true_positive + true_negative, samples()); }
double BinaryCounts::precision() const {
  return ratio(true_positive, true_positive + false_positive);
}
double BinaryCounts::recall() const { return ratio(true_positive, true_positive + false_negative); }
double BinaryCounts::f1() const {
  return ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative);
}

BestThreshold best_threshold(std::span<const ScoredSample> samples) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<ScoredSample> order = sorted(samples);
  // Below all scores every sample is called positive; each tie that the threshold passes turns its
  // samples to negative.
  std::uint64_t correct = count_positive(order.begin(), order.end());
  BestThreshold best{-kInfinity, correct};
  for_ties(order, [&](auto first, auto last) {
    const std::uint64_t here = count_positive(first, last);
    correct += static_cast<std::uint64_t>(last - first) - here;
    correct -= here;
    if (correct <= best.correct) return;
    const double next = last == order.end() ? kInfinity : last->score;
    const double middle = first->score + (next - first->score) / 2;
    // Between two neighbouring numbers there is none: "above" takes the lower one.
    best = {middle < next || next == kInfinity ? middle : first->score, correct};
  });
  return best;
}

FoldAccuracy fold_accuracy(std::span<const ScoredSample> samples, std::size_t folds) {
  if (folds < 2 || folds > samples.size()) {
    fail(ErrorKind::kInvalid, "{} folds are outside 2..{}, the number of pairs", folds,
         samples.size());
  }
  FoldAccuracy result;
  const std::size_t longer = samples.size() % folds;  // folds with one sample more come first
  std::size_t first = 0;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const std::size_t size = samples.size() / folds + (fold < longer ? 1 : 0);
    const auto held = samples.subspan(first, size);
    std::vector<ScoredSample> others(samples.begin(),
                                     samples.begin() + static_cast<std::ptrdiff_t>(first));
    others.insert(others.end(), samples.begin() + static_cast<std::ptrdiff_t>(first + size),
                  samples.end());
    const double threshold = best_threshold(others).threshold;
    BinaryCounts counts;
    for (const ScoredSample& sample : held) counts.add(sample, threshold);
    result.accuracies.push_back(counts.accuracy());
    result.mean += counts.accuracy() / static_cast<double>(folds);
    first += size;
  }
  for (const double accuracy : result.accuracies) {
    result.deviation += (accuracy - result.mean) * (accuracy - result.mean);
  }
  result.deviation = std::sqrt(result.deviation / static_cast<double>(folds));
  return result;
}

}  // namespace akida::eval
