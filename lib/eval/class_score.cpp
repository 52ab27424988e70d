#include "eval/class_score.h"

#include <algorithm>
#include <limits>

namespace akida::eval {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double ClassReport::precision() const { return ratio(correct, predicted); }
double ClassReport::recall() const { return ratio(correct, samples); }
double ClassReport::f1() const { return ratio(2 * correct, samples + predicted); }

void Confusion::add(std::int32_t truth, std::int32_t predicted) {
  ++counts_[{truth, predicted}];
  ++samples_;
  class_count_ = std::max({class_count_, truth + 1, predicted + 1});
}

std::uint64_t Confusion::correct() const {
  std::uint64_t sum = 0;
  for (const auto& [classes, count] : counts_) sum += classes.first == classes.second ? count : 0;
  return sum;
}

double Confusion::accuracy() const { return ratio(correct(), samples_); }

std::uint64_t Confusion::count(std::int32_t truth, std::int32_t predicted) const {
  const auto found = counts_.find({truth, predicted});
  return found == counts_.end() ? 0 : found->second;
}

std::vector<ClassReport> Confusion::classes() const {
  std::map<std::int32_t, ClassReport> reports;
  for (const auto& [classes, count] : counts_) {
    reports[classes.first].samples += count;
    if (classes.second != kNoClass) reports[classes.second].predicted += count;
    if (classes.first == classes.second) reports[classes.first].correct += count;
  }
  std::vector<ClassReport> list;
  for (auto& [class_index, report] : reports) {
    report.class_index = class_index;
    list.push_back(report);
  }
  return list;
}

MacroMeans macro_means(std::span<const ClassReport> classes) {
  MacroMeans means;
  for (const ClassReport& report : classes) {
    means.precision += report.precision();
    means.recall += report.recall();
    means.f1 += report.f1();
  }
  const double count = static_cast<double>(std::max<std::size_t>(classes.size(), 1));
  return {means.precision / count, means.recall / count, means.f1 / count};
}

std::vector<double> class_values(std::span<const double> values, std::size_t neurons,
                                 std::size_t neurons_per_class) {
  std::vector<double> best(neurons / neurons_per_class, -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& value = best[i % neurons / neurons_per_class];
    value = std::max(value, values[i]);
  }
  return best;
}

std::size_t rank_of(std::span<const double> values, std::int32_t truth) {
  const auto index = static_cast<std::size_t>(truth);
  if (index >= values.size()) return values.size();
  std::size_t before = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    before += values[i] > values[index] || (values[i] == values[index] && i < index) ? 1 : 0;
  }
  return before;
}

}  // namespace akida::eval
