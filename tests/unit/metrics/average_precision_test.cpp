#include "metrics/average_precision.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;
using namespace akida::metrics;

namespace {

const Box kBox{0, 0, 10, 10};
const Box kOther{100, 100, 110, 110};
const Box kNowhere{50, 50, 60, 60};

double average(const PrecisionOptions& options, const std::vector<TrueBox>& truth,
               const std::vector<Detection>& detections) {
  AveragePrecision precision(options);
  precision.add(truth, detections);
  return precision.classes().at(0).average;
}

}  // namespace

// Three true boxes; by score: hit, miss, hit. Precision 1 up to recall 1/3, 2/3 up to recall 2/3.
TEST_CASE("the three interpolations have the values of their formulas") {
  const std::vector<TrueBox> truth = {{kBox, 0}, {kOther, 0}, {{20, 20, 30, 30}, 0}};
  const std::vector<Detection> found = {{kOther, 0.7, 0}, {kNowhere, 0.8, 0}, {kBox, 0.9, 0}};
  CHECK(average({.interpolation = Interpolation::kAllPoint}, truth, found) ==
        Approx(1.0 / 3 + 1.0 / 3 * 2 / 3));
  // Recalls 0, 0.1, 0.2, 0.3 have precision 1, 0.4, 0.5, 0.6 have 2/3, the others 0.
  CHECK(average({.interpolation = Interpolation::kElevenPoint}, truth, found) ==
        Approx((4 + 3 * 2.0 / 3) / 11));
  // 0 .. 0.33: 34 recalls; 0.34 .. 0.66: 33.
  CHECK(average({.interpolation = Interpolation::kCoco}, truth, found) ==
        Approx((34 + 33 * 2.0 / 3) / 101));
}

TEST_CASE("recalls are compared as fractions, not as rounded numbers") {
  // Ten true boxes, three found: recall 0.3 counts, though 3 x 0.1 > 0.3 in floating point.
  std::vector<TrueBox> truth;
  std::vector<Detection> found;
  for (int i = 0; i < 10; ++i) truth.push_back({{i * 20.0, 0, i * 20.0 + 10, 10}, 0});
  for (std::size_t i = 0; i < 3; ++i) found.push_back({truth[i].box, 0.9, 0});
  CHECK(average({.interpolation = Interpolation::kElevenPoint}, truth, found) == Approx(4.0 / 11));
}

TEST_CASE("a true box is found once") {
  CHECK(average({}, {{kBox, 0}}, {{kBox, 0.9, 0}, {kBox, 0.8, 0}}) == 1);
  CHECK(average({}, {{kBox, 0}, {kOther, 0}}, {{kBox, 0.9, 0}, {kBox, 0.8, 0}, {kOther, 0.7, 0}}) ==
        Approx(0.5 + 0.5 * 2 / 3));
}

TEST_CASE("the second best box may be taken only by COCO's matching") {
  const std::vector<TrueBox> truth = {{{0, 0, 10, 10}, 0}, {{2, 0, 12, 10}, 0}};
  // Both overlap the first box most.
  const std::vector<Detection> found = {{{0, 0, 10, 10}, 0.9, 0}, {{0.5, 0, 10.5, 10}, 0.8, 0}};
  CHECK(average({}, truth, found) == Approx(0.5));
  CHECK(average({.matching = Matching::kBestFree}, truth, found) == 1);
}

TEST_CASE("difficult boxes neither count as truth nor as mistakes") {
  AveragePrecision precision({});
  precision.add(std::vector<TrueBox>{{kBox, 0}, {kOther, 0, true}},
                std::vector<Detection>{{kOther, 0.9, 0}, {kBox, 0.8, 0}});
  const ClassPrecision result = precision.classes().at(0);
  CHECK(result.truths == 1);
  CHECK(result.detections == 1);
  CHECK(result.average == 1);
}

TEST_CASE("classes are apart, and a class without truth has no share in the mean") {
  AveragePrecision precision({});
  precision.add(std::vector<TrueBox>{{kBox, 0}, {kOther, 1}},
                std::vector<Detection>{{kBox, 0.9, 0}, {kOther, 0.9, 0}, {kOther, 0.9, 2}});
  const auto classes = precision.classes();
  CHECK(classes.at(0).average == 1);
  CHECK(classes.at(1).average == 0);
  CHECK(classes.at(2).truths == 0);
  CHECK(mean_average_precision(classes) == 0.5);
  CHECK(mean_average_precision(classes, 4) == 0.25);  // four classes, as documented for the zoo
}

TEST_CASE("only the best boxes of an image count") {
  const std::vector<Detection> found = {{kBox, 0.5, 0}, {kNowhere, 0.9, 0}};
  CHECK(average({.max_boxes = 1}, {{kBox, 0}}, found) == 0);
  CHECK(average({.max_boxes = 2}, {{kBox, 0}}, found) == 0.5);
}

TEST_CASE("COCO's options average over ten overlaps") {
  const PrecisionOptions coco = coco_options();
  REQUIRE(coco.overlaps.size() == 10);
  CHECK(coco.overlaps.back() == 0.95);
  // IoU 8/10: found at 0.5 .. 0.8, seven of ten.
  CHECK(average(coco, {{{0, 0, 10, 10}, 0}}, {{{0, 0, 10, 8}, 0.9, 0}}) == Approx(0.7));
}

TEST_CASE("overlaps out of range are refused") {
  CHECK_THROWS_WITH(AveragePrecision({.overlaps = {1.5}}), "overlap 1.5 is outside 0..1");
  CHECK_THROWS_WITH(AveragePrecision({.overlaps = {}}), "0 overlaps are outside 1..16");
}
