// Axis-aligned rectangles and how much two of them overlap.
#pragma once

namespace akida::metrics {

// Corners, x1 <= x2 and y1 <= y2; any unit.
struct Box {
  double x1 = 0;
  double y1 = 0;
  double x2 = 0;
  double y2 = 0;

  bool operator==(const Box&) const = default;
};

[[nodiscard]] double area(const Box& box);

// Intersection over union, 0..1; 0 for two boxes without area.
[[nodiscard]] double iou(const Box& a, const Box& b);

}  // namespace akida::metrics
