#include "kernels/separable.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace akida::kernels {
namespace {

constexpr std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

std::int32_t largest_magnitude(std::span<const std::int8_t> weights) {
  std::int32_t largest = 0;
  for (const std::int8_t weight : weights) largest = std::max(largest, std::abs(weight));
  return largest;
}

std::int32_t add_modulo(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

}  // namespace

struct SeparableKernel::Bounds {
  std::int32_t low = 0;   // <= 0
  std::int32_t high = 0;  // >= 0
};

SeparableKernel::SeparableKernel(const SeparableShape& shape,
                                 std::span<const std::int8_t> depthwise,
                                 std::span<const std::int8_t> pointwise)
    : shape_(shape),
      blocks_((shape.neurons + kConvTileNeurons - 1) / kConvTileNeurons),
      run_(conv_tile_run(1, shape.channels)),
      has_bytes_(depthwise_fits_16_bits(depthwise, shape.channels, shape.max_value)),
      conv_tile_(conv_tile()),
      depthwise_u8_(depthwise_u8()),
      depthwise_i32_(depthwise_i32()),
      repair_(repair_exceptions()),
      subtract_bias_(subtract_bias()) {
  pointwise_ = pack_conv_weights(pointwise, {.neurons = shape.neurons, .channels = shape.channels});
  product_bound_ = 255 * largest_magnitude(pointwise);
  plan_lanes();
  plan_taps(depthwise);
  plan_offsets(depthwise, pointwise);
}

void SeparableKernel::plan_lanes() {
  const std::int32_t channels = shape_.channels;
  if (shape_.stride_x == 1 && kDepthwiseLanes % channels == 0) {
    lanes_ = kDepthwiseLanes;
    row_cells_ = (shape_.output_width * channels + lanes_ - 1) / lanes_;
    cell_step_ = lanes_;
    pixel_bytes_ = channels;
  } else {
    lanes_ = (channels + kDepthwiseLanes - 1) / kDepthwiseLanes * kDepthwiseLanes;
    row_cells_ = shape_.output_width;
    cell_step_ = std::ptrdiff_t{shape_.stride_x} * channels;
    pixel_bytes_ = lanes_;
  }
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    channel_.push_back(pixel_bytes_ == channels ? lane % channels : lane < channels ? lane : -1);
  }
}

void SeparableKernel::plan_taps(std::span<const std::int8_t> depthwise) {
  for (std::int32_t row = 0; row < shape_.kernel_height; ++row) {
    for (std::int32_t column = 0; column < shape_.kernel_width; ++column) {
      const std::size_t tap = tap_offsets_.size();
      tap_offsets_.push_back(row * shape_.row_stride + std::ptrdiff_t{column} * shape_.channels);
      for (const std::int32_t channel : channel_) {
        tap_weights_.push_back(channel < 0
                                   ? std::int8_t{0}
                                   : depthwise[tap * static_cast<std::size_t>(shape_.channels) +
                                               static_cast<std::size_t>(channel)]);
      }
    }
  }
  if (tap_offsets_.size() % 2 != 0) {
    tap_offsets_.push_back(tap_offsets_.back());
    tap_weights_.resize(tap_weights_.size() + static_cast<std::size_t>(lanes_));
  }
  if (has_bytes_) byte_weights_ = pack_depthwise_weights(tap_weights_, lanes_);
}

SeparableKernel::Bounds SeparableKernel::bounds_of(std::span<const std::int8_t> depthwise,
                                                   std::int32_t lane) const {
  Bounds bounds;
  const std::int32_t channel = channel_[static_cast<std::size_t>(lane)];
  if (channel < 0) return bounds;
  for (std::size_t i = static_cast<std::size_t>(channel); i < depthwise.size();
       i += static_cast<std::size_t>(shape_.channels)) {
    (depthwise[i] < 0 ? bounds.low : bounds.high) += depthwise[i] * shape_.max_value;
  }
  return bounds;
}

// Offsets put each channel's range where it fits: always above 0 in byte planes; for bytes inside
// 0..255, or, where the range is wider, around its middle, since sums far from 0 are rare.
void SeparableKernel::plan_offsets(std::span<const std::int8_t> depthwise,
                                   std::span<const std::int8_t> pointwise) {
  const auto channels = static_cast<std::size_t>(shape_.channels);
  byte_bias_.resize(static_cast<std::size_t>(padded_neurons()));
  plane_bias_.resize(static_cast<std::size_t>(padded_neurons()));
  may_exceed_.resize(static_cast<std::size_t>(lanes_ / kDepthwiseLanes));
  std::vector<std::int16_t> byte_offsets;
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    const Bounds bounds = bounds_of(depthwise, lane);
    const std::int64_t range = std::int64_t{bounds.high} - bounds.low;
    while (range >> (8 * planes_) != 0) ++planes_;
    plane_offsets_.push_back(-bounds.low);
    std::int32_t offset = 128;
    if (range <= 255 || -bounds.low < 128) {
      offset = -bounds.low;
    } else if (bounds.high < 127) {
      offset = 255 - bounds.high;
    }
    if (range > 255) may_exceed_[static_cast<std::size_t>(lane / kDepthwiseLanes)] = 1;
    byte_offsets.push_back(static_cast<std::int16_t>(offset));
    if (lane >= shape_.channels) continue;  // a channel that repeats, or none
    for (std::size_t n = 0; n < static_cast<std::size_t>(shape_.neurons); ++n) {
      const std::int32_t weight = pointwise[n * channels + static_cast<std::size_t>(lane)];
      byte_bias_[n] += static_cast<std::uint32_t>(weight * offset);
      plane_bias_[n] +=
          static_cast<std::uint32_t>(weight) * static_cast<std::uint32_t>(-bounds.low);
    }
  }
  byte_offsets_ = pack_depthwise_offsets(byte_offsets);
}

// More exceptions than one per pixel and 128 channels cost more than byte planes.
std::int32_t SeparableKernel::exception_capacity(std::int32_t rows) const {
  constexpr std::int32_t kChannelsPerException = 128;
  return rows * shape_.output_width * std::max(1, shape_.channels / kChannelsPerException) +
         kDepthwiseLanes;
}

std::size_t SeparableKernel::workspace_bytes(std::int32_t rows) const {
  const std::size_t row_values =
      static_cast<std::size_t>(row_cells_) * static_cast<std::size_t>(lanes_);
  const std::size_t bytes =
      round_up(static_cast<std::size_t>(rows) * row_values + kConvTileSlack, kCacheLine) +
      static_cast<std::size_t>(exception_capacity(rows)) * sizeof(DepthwiseException);
  const std::size_t planes =
      round_up(row_values + kConvTileSlack, kCacheLine) + row_values * sizeof(std::int32_t) +
      static_cast<std::size_t>(shape_.output_width) * plane_bias_.size() * sizeof(std::int32_t);
  return std::max(bytes, planes);
}

DepthwiseRow SeparableKernel::row_at(const std::uint8_t* input, std::int32_t row) const {
  return {.input = input + std::ptrdiff_t{row} * shape_.stride_y * shape_.row_stride,
          .tap_offsets = tap_offsets_.data(),
          .pixel_stride = static_cast<std::size_t>(cell_step_),
          .tap_pairs = static_cast<std::int32_t>(tap_offsets_.size() / 2),
          .lanes = lanes_,
          .pixels = row_cells_};
}

void SeparableKernel::run_pointwise(const std::uint8_t* bytes, std::int32_t rows,
                                    std::int32_t* potentials,
                                    std::ptrdiff_t potential_stride) const {
  const std::ptrdiff_t row_bytes = std::ptrdiff_t{row_cells_} * lanes_;
  ConvTileExtent extent{.blocks = blocks_, .lines = rows, .pixels = shape_.output_width};
  if (row_bytes == pixel_bytes_ * extent.pixels) {  // rows adjoin
    extent.pixels *= extent.lines;
    extent.lines = 1;
  }
  conv_tile_(bytes,
             {.run = run_,
              .pixel_stride = pixel_bytes_,
              .line_stride = row_bytes,
              .product_bound = product_bound_},
             pointwise_.data(), extent, potentials, potential_stride);
}

bool SeparableKernel::run_bytes(const std::uint8_t* input, std::int32_t rows,
                                std::int32_t* potentials, std::ptrdiff_t potential_stride,
                                std::byte* workspace) const {
  const std::size_t row_bytes =
      static_cast<std::size_t>(row_cells_) * static_cast<std::size_t>(lanes_);
  auto* bytes = reinterpret_cast<std::uint8_t*>(workspace);
  auto* exceptions = reinterpret_cast<DepthwiseException*>(
      workspace +
      round_up(static_cast<std::size_t>(rows) * row_bytes + kConvTileSlack, kCacheLine));
  const DepthwiseWeights weights{byte_weights_.data(), byte_offsets_.data(), may_exceed_.data()};
  const std::int32_t capacity = exception_capacity(rows);
  std::int32_t count = 0;
  for (std::int32_t row = 0; row < rows; ++row) {
    DepthwiseException* found = exceptions + count;
    const std::int32_t added =
        depthwise_u8_(row_at(input, row), weights,
                      bytes + static_cast<std::size_t>(row) * row_bytes, found, capacity - count);
    if (added > capacity - count) return false;
    for (std::int32_t i = 0; i < added; ++i) {
      const std::ptrdiff_t at = std::ptrdiff_t{found[i].pixel} * lanes_ + found[i].lane;
      const auto x = static_cast<std::int32_t>(at / pixel_bytes_);
      if (x >= shape_.output_width) continue;  // lanes behind the row's last pixel
      exceptions[count++] = {row * shape_.output_width + x,
                             static_cast<std::int32_t>(at % pixel_bytes_), found[i].excess};
    }
  }
  run_pointwise(bytes, rows, potentials, potential_stride);
  subtract_bias_(byte_bias_.data(), padded_neurons(), rows * shape_.output_width, potentials,
                 potential_stride);
  repair_(exceptions, count, pointwise_.data(), run_, padded_neurons(), potentials,
          potential_stride);
  return true;
}

void SeparableKernel::run_planes(const std::uint8_t* input, std::int32_t rows,
                                 std::int32_t* potentials, std::ptrdiff_t potential_stride,
                                 std::byte* workspace) const {
  const std::size_t row_values =
      static_cast<std::size_t>(row_cells_) * static_cast<std::size_t>(lanes_);
  auto* bytes = reinterpret_cast<std::uint8_t*>(workspace);
  auto* sums = reinterpret_cast<std::int32_t*>(workspace +
                                               round_up(row_values + kConvTileSlack, kCacheLine));
  std::int32_t* plane = sums + row_values;
  for (std::int32_t row = 0; row < rows;
       ++row, potentials += shape_.output_width * potential_stride) {
    depthwise_i32_(row_at(input, row), tap_weights_.data(), sums);
    for (std::int32_t k = 0; k < planes_; ++k) {
      for (std::size_t i = 0; i < row_values; ++i) {
        const auto value = static_cast<std::uint32_t>(
            sums[i] + plane_offsets_[i % static_cast<std::size_t>(lanes_)]);
        bytes[i] = static_cast<std::uint8_t>(value >> (8 * k));
      }
      if (k == 0) {
        run_pointwise(bytes, 1, potentials, potential_stride);
        continue;
      }
      run_pointwise(bytes, 1, plane, padded_neurons());
      for (std::int32_t p = 0; p < shape_.output_width; ++p) {
        for (std::int32_t n = 0; n < padded_neurons(); ++n) {
          const auto sum = static_cast<std::uint32_t>(plane[p * padded_neurons() + n]);
          std::int32_t& potential = potentials[p * potential_stride + n];
          potential = add_modulo(potential, static_cast<std::int32_t>(sum << (8 * k)));
        }
      }
    }
    subtract_bias_(plane_bias_.data(), padded_neurons(), shape_.output_width, potentials,
                   potential_stride);
  }
}

void SeparableKernel::run(const std::uint8_t* input, std::int32_t rows, std::int32_t* potentials,
                          std::ptrdiff_t potential_stride, std::byte* workspace) const {
  assert(rows >= 1 && potential_stride >= padded_neurons());
  if (has_bytes_ && run_bytes(input, rows, potentials, potential_stride, workspace)) return;
  run_planes(input, rows, potentials, potential_stride, workspace);
}

}  // namespace akida::kernels
