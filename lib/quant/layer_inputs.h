// What the kernels of a layer see: the rows of its input that a filter is multiplied with.
// Internal to quant.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "cnn/network_layer.h"

namespace akida::quant {

// Rows of a layer's input map. Of a Conv2D one row is the window of one output position, [kernel
// height][kernel width][channels] with zeros for padding; of a SeparableConv2D what the depthwise
// kernel makes of it, [channels]; of a Dense the features along the last axis.
class LayerInputs {
 public:
  // `depthwise`: the kernel that a SeparableConv2D computes with.
  explicit LayerInputs(const cnn::Layer& layer, std::vector<float> depthwise = {});

  [[nodiscard]] std::size_t width() const { return width_; }          // elements of a row
  [[nodiscard]] std::size_t positions() const { return positions_; }  // rows per sample

  // The row at `position` (row-major over the output map) of one sample's input map.
  void copy_row(std::span<const float> input, std::size_t position, std::span<float> row) const;

 private:
  template <typename Visit>
  void for_each_tap(std::size_t position, const Visit& visit) const;

  cnn::Dims input_, output_;
  bool has_windows_ = false;  // no Dense
  cnn::Extent kernel_, strides_;
  cnn::Extent padding_{0, 0};  // cells above and to the left
  std::vector<float> depthwise_;
  std::size_t width_ = 0, positions_ = 0;
};

}  // namespace akida::quant
