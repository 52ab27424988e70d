#include "metrics/box.h"

#include <algorithm>

namespace akida::metrics {

double area(const Box& box) { return (box.x2 - box.x1) * (box.y2 - box.y1); }

double iou(const Box& a, const Box& b) {
  const double width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const double height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  const double both = std::max(width, 0.0) * std::max(height, 0.0);
  const double either = area(a) + area(b) - both;
  return either > 0 ? both / either : 0;
}

}  // namespace akida::metrics
