#include "metrics/box.h"

#include <catch2/catch.hpp>

using akida::metrics::Box;
using akida::metrics::iou;

TEST_CASE("overlap is the common area over the joint area") {
  const Box square{0, 0, 2, 2};
  CHECK(iou(square, square) == 1);
  CHECK(iou(square, {1, 0, 3, 2}) == Approx(2.0 / 6));
  CHECK(iou(square, {1, 1, 3, 3}) == Approx(1.0 / 7));
  CHECK(iou({0.5, 0.5, 1, 1}, square) == Approx(0.25 / 4));
}

TEST_CASE("boxes that only touch, lie apart or have no area do not overlap") {
  CHECK(iou({0, 0, 2, 2}, {2, 0, 4, 2}) == 0);
  CHECK(iou({0, 0, 2, 2}, {5, 5, 6, 6}) == 0);
  CHECK(iou({1, 1, 1, 1}, {1, 1, 1, 1}) == 0);
  CHECK(iou({0, 0, 2, 2}, {1, 1, 1, 2}) == 0);
}

TEST_CASE("boxes of pixels are one pixel longer than their corners are apart") {
  using akida::metrics::BoxExtent;
  // 3 x 3 pixels and 3 x 3 pixels share 1.
  CHECK(iou({0, 0, 2, 2}, {2, 2, 4, 4}, BoxExtent::kPixel) == Approx(1.0 / 17));
  CHECK(iou({1, 1, 1, 1}, {1, 1, 1, 1}, BoxExtent::kPixel) == 1);
  CHECK(area({1, 1, 1, 3}, BoxExtent::kPixel) == 3);
}
