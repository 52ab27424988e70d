#include "eval/anchors.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace akida;
using namespace akida::eval;

namespace {

// Two clouds of boxes around 1 x 2 and 6 x 3.
std::vector<BoxSize> two_clouds() {
  std::vector<BoxSize> boxes;
  for (int i = -2; i <= 2; ++i) {
    boxes.push_back({1 + 0.05 * i, 2 - 0.05 * i});
    boxes.push_back({6 + 0.1 * i, 3 + 0.1 * i});
  }
  return boxes;
}

}  // namespace

TEST_CASE("anchors are the means of their clusters, whatever the seed") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Anchors anchors = find_anchors(two_clouds(), {.count = 2, .seed = seed});
    REQUIRE(anchors.sizes.size() == 2);
    CHECK(anchors.sizes[0].width == Approx(1));
    CHECK(anchors.sizes[0].height == Approx(2));
    CHECK(anchors.sizes[1].width == Approx(6));
    CHECK(anchors.sizes[1].height == Approx(3));
    CHECK(anchors.mean_iou > 0.9);
  }
}

TEST_CASE("columns are sorted by themselves, which may part an anchor") {
  const std::vector<BoxSize> boxes = {{1, 9}, {5, 2}};
  CHECK(find_anchors(boxes, {.count = 2}).sizes == std::vector<BoxSize>{{1, 9}, {5, 2}});
  CHECK(find_anchors(boxes, {.count = 2, .order = AnchorOrder::kColumns}).sizes ==
        std::vector<BoxSize>{{1, 2}, {5, 9}});
}

TEST_CASE("one anchor is the mean box, rounded to five decimals") {
  const std::vector<BoxSize> boxes = {{1, 1}, {1, 1}, {2, 4}};
  CHECK(find_anchors(boxes, {.count = 1}).sizes == std::vector<BoxSize>{{1.33333, 2}});
}

TEST_CASE("more anchors than different boxes are refused") {
  const std::vector<BoxSize> boxes = {{1, 1}, {1, 1}};
  CHECK_THROWS_WITH(find_anchors(boxes, {.count = 2}),
                    "2 anchors need as many boxes of different size, there are 1");
  CHECK_THROWS_WITH(find_anchors(boxes, {.count = 0}), "0 anchors are outside 1..256");
}
