// A separable convolution without rounding between its stages, planned once and run per band of
// output rows.
//
//   potential[p][n] = sum over channels c of pointwise[c][n] * sum over taps of input * depthwise
//
// exact for any input (modulo 2^32: the engine proves that potentials fit int32). Two paths give
// the same potentials:
// - bytes: the depthwise sum plus a constant per channel, saturated to u8, feeds conv_tile; the
//   constants' share is subtracted and the few saturated values are repaired;
// - planes: int32 sums split into 1..4 byte planes, one pass of conv_tile each: where static
//   bounds do not fit 16 bits, and for a band of which too much saturates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/conv_levels.h"
#include "kernels/conv_tile.h"
#include "kernels/depthwise.h"

namespace akida::kernels {

struct SeparableShape {
  std::int32_t channels = 1;  // of the input
  std::int32_t neurons = 1;   // of the pointwise stage
  std::int32_t kernel_width = 1;
  std::int32_t kernel_height = 1;
  std::int32_t stride_x = 1;
  std::int32_t stride_y = 1;
  std::int32_t output_width = 1;
  std::ptrdiff_t row_stride = 0;  // bytes between rows of the padded NHWC input
  std::int32_t max_value = 15;    // largest input value, 1..255
};

class SeparableKernel {
 public:
  // `depthwise` is [kernel_height][kernel_width][channels], `pointwise` [channels][neurons], in
  // the order in which they meet the input (the caller has flipped true convolutions). Kernels
  // are chosen here, by cpu_features().
  SeparableKernel(const SeparableShape& shape, std::span<const std::int8_t> depthwise,
                  std::span<const std::int8_t> pointwise);

  // Bytes of scratch that run() needs for bands of up to `rows` output rows.
  [[nodiscard]] std::size_t workspace_bytes(std::int32_t rows) const;

  // Potentials of `rows` (>= 1) consecutive output rows: pixel p of the band, neuron n at
  // potentials[p * potential_stride + n]; potential_stride >= padded_neurons(). `input` is the
  // first window's top left cell; kConvTileSlack bytes behind the map are readable. `workspace` is
  // aligned to a cache line and used by one call at a time. Absent neurons get 0.
  void run(const std::uint8_t* input, std::int32_t rows, std::int32_t* potentials,
           std::ptrdiff_t potential_stride, std::byte* workspace) const;

  // Levels of `rows` (any number) of consecutive output rows: run() followed by activation, in
  // pieces that stay in the cache. `target` is the place of the first row. `workspace` has
  // levels_workspace_bytes(). Returns how many of the levels written are not zero.
  [[nodiscard]] std::size_t run_levels(const std::uint8_t* input, std::int32_t rows,
                                       LevelsFn* to_levels, const LevelsTable& table,
                                       const ConvLevelsTarget& target, std::byte* workspace) const;
  [[nodiscard]] std::size_t levels_workspace_bytes() const;

  // Neurons rounded up to what run() writes per pixel, a multiple of 32.
  [[nodiscard]] std::int32_t padded_neurons() const { return blocks_ * kConvTileNeurons; }

 private:
  struct Bounds;    // of one channel's sum
  struct ByteRows;  // what the depthwise stage makes of a band

  void plan_lanes();
  void plan_taps(std::span<const std::int8_t> depthwise);
  void plan_offsets(std::span<const std::int8_t> depthwise, std::span<const std::int8_t> pointwise);
  [[nodiscard]] Bounds bounds_of(std::span<const std::int8_t> depthwise, std::int32_t lane) const;
  [[nodiscard]] std::size_t row_bytes() const;
  [[nodiscard]] std::size_t rows_bytes(std::int32_t rows) const;
  [[nodiscard]] std::int32_t exception_capacity(std::int32_t rows) const;
  [[nodiscard]] std::size_t planes_bytes() const;
  [[nodiscard]] ByteRows place_rows(std::byte* memory, std::int32_t rows) const;
  [[nodiscard]] std::int32_t rows_per_band() const;
  [[nodiscard]] DepthwiseRow row_at(const std::uint8_t* input, std::int32_t row) const;
  [[nodiscard]] ConvTileGeometry pointwise_geometry(const std::int32_t* start) const;
  bool run_depthwise(const std::uint8_t* input, std::int32_t rows, const ByteRows& result) const;
  void run_pointwise(const std::uint8_t* bytes, std::int32_t rows, const std::int32_t* start,
                     std::int32_t* potentials, std::ptrdiff_t potential_stride) const;
  void run_planes(const std::uint8_t* input, std::int32_t rows, std::int32_t* potentials,
                  std::ptrdiff_t potential_stride, std::byte* workspace) const;

  SeparableShape shape_;
  std::int32_t blocks_ = 0;  // of 32 neurons
  std::int32_t run_ = 0;     // bytes of a pixel that the pointwise stage reads

  // Where 64 is a multiple of the channels and windows adjoin, a row is treated as cells of 64
  // lanes that hold several pixels; otherwise a pixel has its channels padded to `lanes_`.
  std::int32_t lanes_ = 0;
  std::int32_t row_cells_ = 0;         // cells of `lanes_` in one output row
  std::ptrdiff_t cell_step_ = 0;       // input bytes from one cell's window to the next
  std::ptrdiff_t pixel_bytes_ = 0;     // between pixels of the depthwise result
  std::vector<std::int32_t> channel_;  // of every lane; -1 behind the last

  std::vector<std::ptrdiff_t> tap_offsets_;
  AlignedVector<std::int8_t> tap_weights_;  // [taps, made even][lanes]
  AlignedVector<std::int8_t> pointwise_;
  std::int32_t product_bound_ = 0;

  bool has_bytes_ = false;
  AlignedVector<std::int8_t> byte_weights_;
  AlignedVector<std::int16_t> byte_offsets_;
  std::vector<std::uint8_t> may_exceed_;
  std::vector<std::int32_t> byte_start_;  // minus what the offsets add to every neuron's potential

  std::int32_t planes_ = 1;
  std::vector<std::int32_t> plane_offsets_;  // per lane: minus the smallest possible sum
  std::vector<std::int32_t> plane_start_;

  ConvTileFn* conv_tile_ = nullptr;
  DepthwiseU8Fn* depthwise_u8_ = nullptr;
  DepthwiseI32Fn* depthwise_i32_ = nullptr;
  RepairExceptionsFn* repair_ = nullptr;
};

}  // namespace akida::kernels
