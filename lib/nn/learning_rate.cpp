#include "nn/learning_rate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace akida::nn {
namespace {

constexpr std::array kSchedules = {
    ScheduleName{ScheduleType::kConstant, "constant", "always the learning rate"},
    ScheduleName{ScheduleType::kStep, "step", "times a factor every few epochs"},
    ScheduleName{ScheduleType::kExponential, "exponential", "to a tenth, epoch by epoch"},
    ScheduleName{ScheduleType::kCosine, "cosine", "half a cosine down to 0"},
    ScheduleName{ScheduleType::kOneCycle, "one-cycle", "up for 30 % of the time, then down"},
    ScheduleName{ScheduleType::kTriangular, "triangular", "up and down again and again"},
};

constexpr double kWarmUpShare = 0.3;
constexpr double kWarmUpDivisor = 25;
constexpr double kLastDivisor = 1e4;
constexpr double kTriangleRatio = 400;
constexpr std::uint32_t kTrianglePeriod = 4;

// From `from` at share 0 to `to` at share 1.
double half_cosine(double from, double to, double share) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

double one_cycle(double rate, double final_rate, double share) {
  if (share < kWarmUpShare) return half_cosine(rate / kWarmUpDivisor, rate, share / kWarmUpShare);
  return half_cosine(rate, final_rate, (share - kWarmUpShare) / (1 - kWarmUpShare));
}

// Smith, "Cyclical Learning Rates for Training Neural Networks", 2017: `epoch` may be a fraction.
double triangular(double rate, double lowest, double epoch, double period) {
  const double phase = std::fmod(epoch, 2 * period) / period;  // 0..2
  return lowest + (rate - lowest) * (1 - std::abs(phase - 1));
}

}  // namespace

std::span<const ScheduleName> schedule_names() { return kSchedules; }

std::string_view name_of(ScheduleType type) {
  return kSchedules[static_cast<std::size_t>(type)].name;
}

double learning_rate(const Schedule& schedule, const TrainingPosition& position) {
  const double rate = schedule.rate;
  const std::uint64_t epoch = position.step / position.steps_per_epoch;
  const double epochs_done =
      static_cast<double>(position.step) / static_cast<double>(position.steps_per_epoch);
  const double share = epochs_done / position.epochs;
  switch (schedule.type) {
    case ScheduleType::kConstant:
      return rate;
    case ScheduleType::kStep: {
      const std::uint32_t period = schedule.period.value_or(std::max(1U, position.epochs / 3));
      return rate * std::pow(schedule.factor, static_cast<double>(epoch / period));
    }
    case ScheduleType::kExponential: {
      const double ratio = schedule.final_rate.value_or(rate / 10) / rate;
      return rate * std::pow(ratio, static_cast<double>(epoch) / position.epochs);
    }
    case ScheduleType::kCosine:
      return half_cosine(rate, schedule.final_rate.value_or(0), share);
    case ScheduleType::kOneCycle:
      return one_cycle(rate, schedule.final_rate.value_or(rate / kWarmUpDivisor / kLastDivisor),
                       share);
    case ScheduleType::kTriangular:
      return triangular(rate, schedule.final_rate.value_or(rate / kTriangleRatio), epochs_done,
                        schedule.period.value_or(kTrianglePeriod));
  }
  return rate;
}

}  // namespace akida::nn
