#include "metrics/yolo_decoding.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"

using namespace akida;
using namespace akida::metrics;

namespace {

// A grid of 2 x 3 cells, one anchor of 1 x 2 cells, two classes; nothing is there.
struct Outputs {
  YoloMap map{.rows = 2, .columns = 3, .anchors = {1, 2}, .classes = 2};
  std::vector<float> values = std::vector<float>(2 * 3 * 7, 0);

  Outputs() {
    for (std::size_t place = 0; place < 6; ++place) values[7 * place + 4] = -20;
  }
  // Puts a box into a cell: objectness and class logits.
  void put(std::size_t row, std::size_t column, std::vector<float> cell) {
    std::copy(cell.begin(), cell.end(),
              values.begin() + static_cast<std::ptrdiff_t>(7 * (3 * row + column)));
  }
  [[nodiscard]] std::vector<Detection> decode(const YoloThresholds& thresholds = {}) const {
    return decode_yolo(map, values, thresholds);
  }
};

float logit(double probability) {
  return static_cast<float>(std::log(probability / (1 - probability)));
}

}  // namespace

TEST_CASE("a box has the place, size and score of the documented formulas") {
  Outputs outputs;
  outputs.put(1, 2, {logit(0.25), logit(0.75), std::log(0.5F), std::log(0.25F), logit(0.9), 5, -5});
  const auto found = outputs.decode();
  REQUIRE(found.size() == 1);
  const double x = 2.25 / 3, y = 1.75 / 2, width = 0.5 / 3, height = 2 * 0.25 / 2;
  CHECK(found[0].box.x1 == Approx(x - width / 2));
  CHECK(found[0].box.x2 == Approx(x + width / 2));
  CHECK(found[0].box.y1 == Approx(y - height / 2));
  CHECK(found[0].box.y2 == Approx(y + height / 2));
  CHECK(found[0].score == Approx(0.9));  // the objectness, not times the class
  CHECK(found[0].class_index == 0);
}

TEST_CASE("corners are cut at 0 but not at the image's end") {
  Outputs outputs;
  outputs.put(0, 0, {0, 0, 2, 0, 5, 5, -5});
  const auto found = outputs.decode();
  REQUIRE(found.size() == 1);
  CHECK(found[0].box.x1 == 0);
  CHECK(found[0].box.y1 == 0);
  CHECK(found[0].box.x2 == Approx((0.5 + std::exp(2.0) / 2) / 3));
}

TEST_CASE("class scores must exceed the threshold, and so must the objectness") {
  Outputs outputs;
  // 0.9 x softmax 0.5 = 0.45 for both classes.
  outputs.put(0, 0, {0, 0, 0, 0, logit(0.9), 1, 1});
  CHECK(outputs.decode().empty());
  CHECK(outputs.decode({.objectness = 0.4}).size() == 1);
  CHECK(outputs.decode({.objectness = 0.4}).front().class_index == 0);  // the first of equals
}

TEST_CASE("boxes that overlap a better one of their class are suppressed") {
  Outputs outputs;
  outputs.put(0, 0, {6, 0, 1, 0, logit(0.9), 9, -9});
  outputs.put(0, 1, {-6, 0, 1, 0, logit(0.8), 9, -9});
  REQUIRE(outputs.decode().size() == 1);
  CHECK(outputs.decode().front().score == Approx(0.9));
  CHECK(outputs.decode({.overlap = 0.999}).size() == 2);
  outputs.put(0, 1, {-6, 0, 1, 0, logit(0.8), -9, 9});  // of the other class
  CHECK(outputs.decode().size() == 2);
}

TEST_CASE("a suppressed box still suppresses others, as documented") {
  Outputs outputs;
  outputs.map.columns = 6;
  outputs.map.rows = 1;
  outputs.map.anchors = {4, 1};
  // Centres 1 cell apart: neighbours overlap by 3/5, the outer two by 2/6.
  outputs.put(0, 2, {0, 0, 0, 0, logit(0.9), 9, -9});
  outputs.put(1, 0, {0, 0, 0, 0, logit(0.8), 9, -9});
  outputs.put(1, 1, {0, 0, 0, 0, logit(0.7), 9, -9});
  CHECK(outputs.decode().size() == 1);
}

TEST_CASE("a map whose logits spread over more than 100 is scaled as a whole") {
  Outputs outputs;
  // Differences 0 and -2 in one cell, -200 elsewhere: scaled by 1/2, softmax of (0, -1).
  outputs.put(0, 0, {0, 0, 0, 0, 20, 100, 98});
  outputs.put(1, 1, {0, 0, 0, 0, -20, -100, 0});
  const double share = 1 / (1 + std::exp(-1.0));
  CHECK(outputs.decode({.objectness = share + 1e-3}).empty());
  CHECK(outputs.decode({.objectness = share - 1e-3}).size() == 1);
}

TEST_CASE("values that are no numbers give no box") {
  Outputs outputs;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  outputs.put(0, 0, {nan, 0, 0, 0, 9, 9, -9});
  outputs.put(0, 1, {0, 0, std::numeric_limits<float>::infinity(), 0, 9, 9, -9});
  CHECK(outputs.decode().size() <= 1);
}

TEST_CASE("the number of classes follows from channels and anchors") {
  CHECK(yolo_classes(14, std::vector<float>{1, 1, 2, 2}) == 2);
  CHECK_THROWS_WITH(yolo_classes(15, std::vector<float>{1, 1, 2, 2}),
                    "15 channels are not 2 anchors x (5 + classes)");
  CHECK_THROWS_WITH(yolo_classes(5, std::vector<float>{1, 1}),
                    "5 channels are not 1 anchors x (5 + classes)");
  CHECK_THROWS_WITH(yolo_classes(7, std::vector<float>{1}),
                    "1 anchor values are no (width, height) pairs");
}
