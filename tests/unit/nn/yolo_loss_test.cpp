#include "nn/yolo_loss.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "finite_differences.h"
#include "nn/losses.h"

using namespace akida;
using namespace akida::nn;

namespace {

// 2 x 3 cells over an image of 40 x 60 pixels, so that a cell is 20 x 20 pixels.
constexpr std::int32_t kHeight = 40, kWidth = 60;

YoloGrid grid() { return {.rows = 2, .columns = 3, .anchors = {0.5F, 0.5F, 2, 1}, .classes = 2}; }

std::vector<YoloTarget> targets(const std::vector<io::Box>& boxes) {
  return yolo_targets(grid(), boxes, kHeight, kWidth);
}

}  // namespace

TEST_CASE("a box becomes a target of the cell of its centre and the anchor of its shape") {
  const auto found = targets({{.x1 = 25, .y1 = 21, .x2 = 35, .y2 = 31, .class_index = 1},
                              {.x1 = 20, .y1 = 0, .x2 = 58, .y2 = 22, .class_index = 0}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].x == 1.5);
  CHECK(found[0].y == 1.3);
  CHECK(found[0].width == 0.5);
  CHECK(found[0].height == 0.5);
  CHECK(found[0].row == 1);
  CHECK(found[0].column == 1);
  CHECK(found[0].anchor == 0);
  CHECK(found[0].class_index == 1);
  CHECK(found[1].row == 0);
  CHECK(found[1].column == 1);
  CHECK(found[1].anchor == 1);
}

TEST_CASE("difficult, empty and outside boxes are no targets, and a later one replaces") {
  CHECK(targets({{.x1 = 1, .y1 = 1, .x2 = 9, .y2 = 9, .difficult = true}}).empty());
  CHECK(targets({{.x1 = 5, .y1 = 1, .x2 = 5, .y2 = 9}}).empty());
  CHECK(targets({{.x1 = 59, .y1 = 1, .x2 = 61, .y2 = 9}}).empty());
  const auto found = targets({{.x1 = 1, .y1 = 1, .x2 = 9, .y2 = 9, .class_index = 0},
                              {.x1 = 2, .y1 = 2, .x2 = 10, .y2 = 10, .class_index = 1}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].class_index == 1);
}

TEST_CASE("an empty image costs the objectness of every anchor") {
  std::vector<double> outputs(grid().outputs(), 0), gradient(outputs.size());
  const auto none = targets({});
  CHECK(yolo_loss(grid(), none, outputs, gradient) == Approx(12 * 0.25 / 2));
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    CHECK(gradient[i] == Approx(i % 7 == 4 ? 0.5 * 0.25 : 0));
  }
}

TEST_CASE("a box that is met exactly costs only objectness and class") {
  // Centre in the middle of cell (0, 0) and the shape of the first anchor: all logits 0.
  const auto one = targets({{.x1 = 5, .y1 = 5, .x2 = 15, .y2 = 15, .class_index = 1}});
  std::vector<double> outputs(grid().outputs(), 0), gradient(outputs.size());
  const double loss = yolo_loss(grid(), one, outputs, gradient);
  CHECK(loss == Approx(11 * 0.125 + 5 * 0.25 / 2 + 2 * 0.25));
  // Once the cell's other anchor covers the box too, its objectness is no error any more.
  outputs[7 + 2] = std::log(0.5 / 2);
  outputs[7 + 3] = std::log(0.5);
  CHECK(yolo_loss(grid(), one, outputs, gradient) == Approx(loss - 0.125));
}

TEST_CASE("the gradient of the detection loss is its slope") {
  const auto several = targets({{.x1 = 3, .y1 = 4, .x2 = 11, .y2 = 17, .class_index = 1},
                                {.x1 = 20, .y1 = 18, .x2 = 57, .y2 = 39, .class_index = 0},
                                {.x1 = 22, .y1 = 3, .x2 = 38, .y2 = 14, .class_index = 0}});
  REQUIRE(several.size() == 3);
  Random random(5);
  std::vector<double> outputs(grid().outputs());
  for (double& value : outputs) value = 2 * random.uniform() - 1;
  std::vector<double> gradient(outputs.size()), ignored(outputs.size());
  (void)yolo_loss(grid(), several, outputs, gradient);
  const auto value = [&](std::span<const double> point) {
    return yolo_loss(grid(), several, point, ignored);
  };
  test::check_close(gradient, test::finite_differences(value, outputs));
}
