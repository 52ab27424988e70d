#include "nn/losses.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "finite_differences.h"

using namespace akida;
using namespace akida::nn;

namespace {

using Values = std::vector<double>;

Values random_values(std::size_t count, std::uint32_t stream, double scale) {
  Random random(1, stream);
  Values values(count);
  for (double& value : values) value = scale * (2 * random.uniform() - 1);
  return values;
}

// The written gradient of `loss` at `outputs` against differences of its values.
template <typename Loss>
void check_gradient(const Loss& loss, const Values& outputs) {
  Values gradient(outputs.size(), 7), ignored(outputs.size());
  (void)loss(outputs, gradient);
  const auto value = [&](std::span<const double> point) { return loss(point, ignored); };
  test::check_close(gradient, test::finite_differences(value, outputs));
}

}  // namespace

TEST_CASE("cross-entropy of a class is minus the logarithm of its probability") {
  Values gradient(3);
  const Values logits = {std::log(1.0), std::log(2.0), std::log(5.0)};  // probabilities 1:2:5
  CHECK(categorical_crossentropy(logits, Values{0, 1, 0}, gradient) == Approx(-std::log(0.25)));
  test::check_close(gradient, Values{0.125, -0.75, 0.625});
}

TEST_CASE("cross-entropy stays finite and exact for logits far apart") {
  Values gradient(2);
  CHECK(categorical_crossentropy(Values{1000, 0}, Values{0, 1}, gradient) == 1000);
  test::check_close(gradient, Values{1, -1});
  CHECK(binary_crossentropy(Values{-1000, 1000}, Values{1, 1}, gradient) == 500);
}

TEST_CASE("binary cross-entropy at logit 0 is log 2 whatever the target") {
  Values gradient(2);
  CHECK(binary_crossentropy(Values{0, 0}, Values{0, 1}, gradient) == Approx(std::log(2.0)));
  test::check_close(gradient, Values{0.25, -0.25});
}

TEST_CASE("squared hinge, squared and absolute error are means over the outputs") {
  Values gradient(2);
  CHECK(squared_hinge(Values{0.5, 3}, Values{1, -1}, gradient) == (0.25 + 16) / 2);
  CHECK(squared_hinge(Values{1.5, -1}, Values{1, -1}, gradient) == 0);
  CHECK(mean_squared_error(Values{1, 5}, Values{3, 4}, gradient) == 2.5);
  CHECK(mean_absolute_error(Values{1, 5}, Values{3, 4}, gradient) == 1.5);
  CHECK(gradient == Values{-0.5, 0.5});
  CHECK(mean_absolute_error(Values{3, 4}, Values{3, 4}, gradient) == 0);
  CHECK(gradient == Values{0, 0});
}

TEST_CASE("gradients are the slopes of the losses") {
  const Values outputs = random_values(7, 0, 3);
  const Values probabilities = [] {
    Values values = random_values(7, 1, 1);
    softmax(values, values);
    return values;
  }();
  const Values signs = {1, -1, -1, 1, 1, -1, -1};
  const auto bound = [](auto loss, const Values& targets) {
    return [loss, targets](std::span<const double> point, std::span<double> gradient) {
      return loss(point, targets, gradient);
    };
  };
  check_gradient(bound(categorical_crossentropy, probabilities), outputs);
  check_gradient(bound(categorical_crossentropy, {0, 2, 0, 0, 0.5, 0, 0}), outputs);
  check_gradient(bound(binary_crossentropy, probabilities), outputs);
  check_gradient(bound(squared_hinge, signs), outputs);
  check_gradient(bound(mean_squared_error, signs), outputs);
  check_gradient(bound(mean_absolute_error, signs), outputs);
}

TEST_CASE("distillation is 0 for equal logits and follows the documented formula else") {
  Values gradient(2);
  const Values teacher = {std::log(9.0), 0}, student = {0, std::log(4.0)};
  CHECK(kl_distillation(teacher, teacher, 3, gradient) == Approx(0).margin(1e-15));
  test::check_close(gradient, Values{0, 0});
  // T = 1: p = (0.9, 0.1), q = (0.2, 0.8). T = 2: p = (0.75, 0.25), q = (1/3, 2/3).
  CHECK(kl_distillation(student, teacher, 1, gradient) ==
        Approx(0.9 * std::log(0.9 / 0.2) + 0.1 * std::log(0.1 / 0.8)));
  test::check_close(gradient, Values{0.2 - 0.9, 0.8 - 0.1});
  CHECK(kl_distillation(student, teacher, 2, gradient) ==
        Approx(0.75 * std::log(0.75 * 3) + 0.25 * std::log(0.25 * 1.5)));
  test::check_close(gradient, Values{(1.0 / 3 - 0.75) / 2, (2.0 / 3 - 0.25) / 2});
}

TEST_CASE("the gradient of distillation is its slope, also where probabilities are clipped") {
  const Values teacher = random_values(6, 2, 8);
  for (const double temperature : {0.5, 3.0, 10.0}) {
    const auto loss = [&](std::span<const double> point, std::span<double> gradient) {
      return kl_distillation(point, teacher, temperature, gradient);
    };
    check_gradient(loss, random_values(6, 3, 8));
    check_gradient(loss, {30, -30, 2, 25, 0, -3});
  }
}
