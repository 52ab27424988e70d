// Axis-aligned rectangles and how much two of them overlap.
#pragma once

#include <cstdint>

namespace akida::metrics {

// Corners, x1 <= x2 and y1 <= y2; any unit.
struct Box {
  double x1 = 0;
  double y1 = 0;
  double x2 = 0;
  double y2 = 0;

  bool operator==(const Box&) const = default;
};

// What the corners of a box are: points of a plane, or the first and the last of a row of pixels
// that belong to the box, whose sides are then longer by 1 (as PASCAL VOC counts).
enum class BoxExtent : std::uint8_t { kContinuous, kPixel };

[[nodiscard]] double area(const Box& box, BoxExtent extent = BoxExtent::kContinuous);

// Intersection over union, 0..1; 0 for two boxes without area.
[[nodiscard]] double iou(const Box& a, const Box& b, BoxExtent extent = BoxExtent::kContinuous);

// A box that a detector found.
struct Detection {
  Box box;
  double score = 0;  // the higher, the surer
  std::int32_t class_index = 0;

  bool operator==(const Detection&) const = default;
};

// A box that is there.
struct TrueBox {
  Box box;
  std::int32_t class_index = 0;
  bool difficult = false;  // finding it or not changes no score

  bool operator==(const TrueBox&) const = default;
};

}  // namespace akida::metrics
