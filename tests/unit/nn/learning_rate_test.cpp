#include "nn/learning_rate.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace akida::nn;

namespace {

constexpr std::uint64_t kSteps = 10;  // of an epoch

double at(const Schedule& schedule, std::uint64_t step, std::uint32_t epochs) {
  return learning_rate(schedule, {.step = step, .steps_per_epoch = kSteps, .epochs = epochs});
}

}  // namespace

TEST_CASE("constant and step schedules") {
  CHECK(at({.rate = 0.5}, 999, 3) == 0.5);
  const Schedule step{.type = ScheduleType::kStep, .rate = 1, .factor = 0.5, .period = 2};
  CHECK(at(step, 19, 6) == 1);
  CHECK(at(step, 20, 6) == 0.5);
  CHECK(at(step, 59, 6) == 0.25);
  // By default every third of the training.
  const Schedule thirds{.type = ScheduleType::kStep, .rate = 1};
  CHECK(at(thirds, 29, 9) == 1);
  CHECK(at(thirds, 30, 9) == Approx(0.1));
  CHECK(at(thirds, 15, 1) == Approx(0.1));
}

TEST_CASE("the exponential schedule is the documented 1e-3 * 0.1^(epoch / epochs)") {
  const Schedule schedule{.type = ScheduleType::kExponential, .rate = 1e-3};
  for (std::uint64_t step = 0; step < 40; ++step) {
    const double epoch = std::floor(static_cast<double>(step) / kSteps);
    CHECK(at(schedule, step, 4) == Approx(1e-3 * std::pow(0.1, epoch / 4)));
  }
  const Schedule given{.type = ScheduleType::kExponential, .rate = 0.1, .final_rate = 1e-4};
  CHECK(at(given, 20, 4) == Approx(0.1 * std::sqrt(1e-3)));
}

TEST_CASE("the cosine schedule falls from the rate over its middle to the last rate") {
  const Schedule schedule{.type = ScheduleType::kCosine, .rate = 1, .final_rate = 0.2};
  CHECK(at(schedule, 0, 2) == 1);
  CHECK(at(schedule, 10, 2) == Approx(0.6));
  CHECK(at(schedule, 20, 2) == Approx(0.2));
  CHECK(at(schedule, 5, 2) == Approx(0.6 + 0.4 * std::sqrt(0.5)));
}

TEST_CASE("one cycle rises for 30 % of the steps from a 25th, then falls") {
  const Schedule schedule{.type = ScheduleType::kOneCycle, .rate = 1};
  CHECK(at(schedule, 0, 10) == Approx(1.0 / 25));
  CHECK(at(schedule, 15, 10) == Approx((1 + 1.0 / 25) / 2));
  CHECK(at(schedule, 30, 10) == Approx(1));
  CHECK(at(schedule, 65, 10) == Approx((1 + 4e-6) / 2));
  CHECK(at(schedule, 100, 10) == Approx(4e-6));
}

TEST_CASE("triangles have the documented edges 5e-6 and 2e-3, four epochs apart") {
  const Schedule schedule{.type = ScheduleType::kTriangular, .rate = 2e-3};
  CHECK(at(schedule, 0, 16) == Approx(5e-6));
  CHECK(at(schedule, 20, 16) == Approx((5e-6 + 2e-3) / 2));
  CHECK(at(schedule, 40, 16) == Approx(2e-3));
  CHECK(at(schedule, 80, 16) == Approx(5e-6));
  CHECK(at(schedule, 120, 16) == Approx(2e-3));
}
