#include "nn/optimizer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/random.h"

using namespace akida;
using namespace akida::nn;

namespace {

using Floats = std::vector<float>;

void step(Optimizer& optimizer, double rate, Floats& variable, const Floats& gradient,
          int jobs = 1) {
  const std::span<float> variables[] = {variable};
  const std::span<const float> gradients[] = {gradient};
  optimizer.step(rate, variables, gradients, jobs);
}

Optimizer make(OptimizerType type, std::size_t size) {
  const std::size_t sizes[] = {size};
  return {{.type = type}, sizes};
}

}  // namespace

TEST_CASE("Adam equals the published sums over all gradients") {
  // m_t = (1 - b1) sum b1^(t - i) g_i, v_t likewise with squares; Keras' form of the step.
  const std::vector<double> gradients = {0.3, -2.0, 0.001, 0, 5, 5, -0.7};
  Optimizer adam = make(OptimizerType::kAdam, 1);
  Floats variable = {0.25F};
  double expected = 0.25, m = 0, v = 0;
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    m = v = 0;
    for (std::size_t i = 1; i <= t; ++i) {
      const double g = gradients[i - 1];
      m += 0.1 * std::pow(0.9, static_cast<double>(t - i)) * g;
      v += 0.001 * std::pow(0.999, static_cast<double>(t - i)) * g * g;
    }
    const double rate = 0.01 * std::sqrt(1 - std::pow(0.999, static_cast<double>(t))) /
                        (1 - std::pow(0.9, static_cast<double>(t)));
    expected -= rate * m / (std::sqrt(v) + 1e-7);
    step(adam, 0.01, variable, {static_cast<float>(gradients[t - 1])});
    CHECK(double{variable[0]} == Approx(expected).epsilon(1e-5));
  }
  CHECK(adam.steps() == gradients.size());
}

TEST_CASE("Adam's first step is the learning rate, whatever the size of the gradient") {
  Floats variable = {1, 1, 1};
  Optimizer adam = make(OptimizerType::kAdam, 3);
  step(adam, 0.125, variable, {1000, -0.5F, 0});
  CHECK(variable[0] == Approx(0.875));
  CHECK(variable[1] == Approx(1.125));
  CHECK(variable[2] == 1);
}

TEST_CASE("momentum sums earlier steps with falling weights") {
  const std::vector<double> gradients = {1, -0.5, 0.25, 3};
  Floats variable = {2};
  Optimizer sgd = make(OptimizerType::kSgd, 1);
  double expected = 2;
  for (std::size_t t = 0; t < gradients.size(); ++t) {
    for (std::size_t i = 0; i <= t; ++i) {
      expected -= 0.1 * std::pow(0.9, static_cast<double>(t - i)) * gradients[i];
    }
    step(sgd, 0.1, variable, {static_cast<float>(gradients[t])});
    CHECK(double{variable[0]} == Approx(expected).epsilon(1e-6));
  }
}

TEST_CASE("an optimizer that is restored goes on as if it had never stopped") {
  for (const OptimizerType type : {OptimizerType::kAdam, OptimizerType::kSgd}) {
    Optimizer whole = make(type, 2), first = make(type, 2), second = make(type, 2);
    Floats a = {1, -1}, b = a;
    for (int i = 0; i < 6; ++i) {
      const Floats gradient = {std::sin(static_cast<float>(i)), 0.1F};
      step(whole, 0.01, a, gradient);
      if (i == 3) second.restore(first.steps(), first.state());
      step(i < 3 ? first : second, 0.01, b, gradient);
    }
    CHECK(a == b);
    CHECK(whole.state() == second.state());
    CHECK_THROWS_WITH(second.restore(1, {{1.0F}}),
                      Catch::Matchers::Contains(type == OptimizerType::kAdam
                                                    ? "state of 1 arrays, 2 expected"
                                                    : "array 0 has 1 elements, 2 expected"));
  }
}

TEST_CASE("a step does not depend on the number of threads") {
  constexpr std::size_t kSize = 200'000;
  Random random(3);
  Floats start(kSize), gradient(kSize);
  for (float& value : start) value = static_cast<float>(random.normal());
  for (float& value : gradient) value = static_cast<float>(random.normal());
  Floats one = start, four = start;
  Optimizer a = make(OptimizerType::kAdam, kSize), b = make(OptimizerType::kAdam, kSize);
  for (int i = 0; i < 3; ++i) {
    step(a, 0.01, one, gradient, 1);
    step(b, 0.01, four, gradient, 4);
  }
  CHECK((one == four));
  CHECK((a.state() == b.state()));
}
