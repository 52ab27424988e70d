// The loss of YOLOv2 detectors on one sample, and what it compares their outputs with.
//
// Source: Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", 2017, with the weights of the
// documented model zoo.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/sample.h"

namespace akida::nn {

// What an output map [rows, columns, anchors * (5 + classes)] means: per anchor tx, ty, tw, th, to
// and one logit per class.
struct YoloGrid {
  std::int32_t rows = 0;
  std::int32_t columns = 0;
  std::vector<float> anchors;  // (width, height) pairs in grid cells
  std::int32_t classes = 0;

  [[nodiscard]] std::size_t outputs() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) *
           (anchors.size() / 2) * static_cast<std::size_t>(5 + classes);
  }
};

// A true object: centre and size in grid cells, and the cell and anchor that answer for it.
struct YoloTarget {
  double x = 0;  // column of the centre, 0..columns
  double y = 0;
  double width = 0;
  double height = 0;
  std::int32_t class_index = 0;
  std::size_t row = 0;
  std::size_t column = 0;
  std::size_t anchor = 0;  // the one whose shape overlaps the box most, the first of equals
};

// The targets of `boxes` in pixels of an image of `height` x `width`. Difficult boxes and boxes
// without area are left out, and so is one whose centre is outside the image. Of several boxes that
// fall to one anchor of one cell, the last remains.
[[nodiscard]] std::vector<YoloTarget> yolo_targets(const YoloGrid& grid,
                                                   std::span<const io::Box> boxes,
                                                   std::int32_t height, std::int32_t width);

// For every anchor of every cell, with the box x = column + sigmoid(tx), y = row + sigmoid(ty),
// w = anchor width * exp(tw), h = anchor height * exp(th), all in grid cells, the sum of
//   where it has a target: (dx^2 + dy^2 + dw^2 + dh^2) / 2 + 5 (1 - sigmoid(to))^2 / 2
//                          + sum over classes of (one-hot - softmax)^2
//   elsewhere:             sigmoid(to)^2 / 2, if the box overlaps no true box by an IoU of 0.6.
// `gradient` is overwritten; outputs and gradient have grid.outputs() elements.
[[nodiscard]] double yolo_loss(const YoloGrid& grid, std::span<const YoloTarget> targets,
                               std::span<const double> outputs, std::span<double> gradient);

}  // namespace akida::nn
