#include "metrics/box.h"

#include <algorithm>

namespace akida::metrics {
namespace {

// Length of the interval low..high, 0 where it is empty.
double length(double low, double high, BoxExtent extent) {
  return std::max(high - low + (extent == BoxExtent::kPixel ? 1 : 0), 0.0);
}

}  // namespace

double area(const Box& box, BoxExtent extent) {
  return length(box.x1, box.x2, extent) * length(box.y1, box.y2, extent);
}

double iou(const Box& a, const Box& b, BoxExtent extent) {
  const double width = length(std::max(a.x1, b.x1), std::min(a.x2, b.x2), extent);
  const double height = length(std::max(a.y1, b.y1), std::min(a.y2, b.y2), extent);
  const double both = width * height;
  const double either = area(a, extent) + area(b, extent) - both;
  return either > 0 ? both / either : 0;
}

}  // namespace akida::metrics
