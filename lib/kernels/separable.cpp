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

// The rows of [rows][neurons].
std::vector<const std::int8_t*> rows_of(std::span<const std::int8_t> weights, std::size_t neurons) {
  std::vector<const std::int8_t*> rows;
  for (std::size_t i = 0; i < weights.size(); i += neurons) rows.push_back(&weights[i]);
  return rows;
}

// sum + a * b modulo 2^32.
std::int32_t add_product(std::int32_t sum, std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) +
                                   static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

// Bytes of a band of depthwise results: they share the L2 cache with the weights.
constexpr std::size_t kBandBytes = 128 * 1024;

// A band's exceptions, repaired piece by piece.
struct Repair {
  const DepthwiseException* exceptions;
  const std::int32_t* row_ends;
  RepairExceptionsFn* kernel;
  const std::int8_t* pointwise;
  std::int32_t run;
  std::int32_t neurons;  // padded
};

void repair_piece(const void* context, const ConvPiece& piece, std::int32_t* potentials) {
  const auto& repair = *static_cast<const Repair*>(context);
  const std::int32_t neurons = std::min(kLevelsGroup, repair.neurons - piece.first_neuron);
  const std::int8_t* pointwise = repair.pointwise + std::ptrdiff_t{piece.first_neuron} * repair.run;
  const std::int32_t last_row = (piece.first + piece.count - 1) / piece.pitch;
  for (std::int32_t row = piece.first / piece.pitch; row <= last_row; ++row) {
    const std::int32_t first = piece.first - row * piece.pitch;  // of the piece, in this row
    const std::int32_t end = repair.row_ends[row];
    for (std::int32_t i = row == 0 ? 0 : repair.row_ends[row - 1]; i < end; ++i) {
      DepthwiseException exception = repair.exceptions[i];
      exception.pixel -= first;
      if (exception.pixel < 0 || exception.pixel >= piece.count) continue;
      repair.kernel(&exception, 1, pointwise, repair.run, neurons, potentials, kLevelsGroup);
    }
  }
}

// What is added to sums of [low, high] before they are saturated to bytes. Inputs are about a
// quarter of their largest value on average (half of the levels of trained networks are zero), so
// sums lie around (low + high) / 4; no end of the range gets more room than it needs.
std::int32_t offset_for(std::int32_t low, std::int32_t high) {
  const std::int64_t range = std::int64_t{high} - low;
  if (range <= 255) return -low;
  const std::int32_t expected = (low + high) / 4;
  return std::clamp(std::clamp(128 - expected, 255 - high, -low), -255, 255);
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
      repair_(repair_exceptions()) {
  pointwise_ = pack_conv_weights(rows_of(pointwise, static_cast<std::size_t>(shape.neurons)),
                                 {.neurons = shape.neurons, .channels = shape.channels});
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
// 0..255 or, where the range is wider, around the sum that is expected.
void SeparableKernel::plan_offsets(std::span<const std::int8_t> depthwise,
                                   std::span<const std::int8_t> pointwise) {
  const auto neurons = static_cast<std::size_t>(shape_.neurons);
  byte_start_.resize(static_cast<std::size_t>(padded_neurons()));
  plane_start_.resize(static_cast<std::size_t>(padded_neurons()));
  may_exceed_.resize(static_cast<std::size_t>(lanes_ / kDepthwiseLanes));
  std::vector<std::int16_t> byte_offsets;
  for (std::int32_t lane = 0; lane < lanes_; ++lane) {
    const Bounds bounds = bounds_of(depthwise, lane);
    const std::int64_t range = std::int64_t{bounds.high} - bounds.low;
    while (range >> (8 * planes_) != 0) ++planes_;
    plane_offsets_.push_back(-bounds.low);
    const std::int32_t offset = offset_for(bounds.low, bounds.high);
    if (range > 255) may_exceed_[static_cast<std::size_t>(lane / kDepthwiseLanes)] = 1;
    byte_offsets.push_back(static_cast<std::int16_t>(offset));
    if (lane >= shape_.channels) continue;  // a channel that repeats, or none
    for (std::size_t n = 0; n < neurons; ++n) {
      const std::int32_t weight = pointwise[static_cast<std::size_t>(lane) * neurons + n];
      byte_start_[n] = add_product(byte_start_[n], -weight, offset);
      plane_start_[n] = add_product(plane_start_[n], weight, bounds.low);
    }
  }
  byte_offsets_ = pack_depthwise_offsets(byte_offsets);
}

struct SeparableKernel::ByteRows {
  std::uint8_t* bytes;             // [rows][row_bytes()]
  DepthwiseException* exceptions;  // row after row, pixels counted within the row
  std::int32_t* row_ends;          // [rows]: exceptions of this and all earlier rows
  std::int32_t capacity;           // of `exceptions`
};

std::size_t SeparableKernel::row_bytes() const {
  return static_cast<std::size_t>(row_cells_) * static_cast<std::size_t>(lanes_);
}

// Of bytes, with what kernels may read behind them.
std::size_t SeparableKernel::rows_bytes(std::int32_t rows) const {
  return round_up(static_cast<std::size_t>(rows) * row_bytes() + kConvTileSlack, kCacheLine);
}

// More exceptions than one per pixel and 128 channels cost more than byte planes.
std::int32_t SeparableKernel::exception_capacity(std::int32_t rows) const {
  constexpr std::int32_t kChannelsPerException = 128;
  return rows * shape_.output_width * std::max(1, shape_.channels / kChannelsPerException) +
         kDepthwiseLanes;
}

SeparableKernel::ByteRows SeparableKernel::place_rows(std::byte* memory, std::int32_t rows) const {
  const std::int32_t capacity = exception_capacity(rows);
  auto* exceptions = reinterpret_cast<DepthwiseException*>(memory + rows_bytes(rows));
  return {reinterpret_cast<std::uint8_t*>(memory), exceptions,
          reinterpret_cast<std::int32_t*>(exceptions + capacity), capacity};
}

std::size_t SeparableKernel::planes_bytes() const {
  return rows_bytes(1) + row_bytes() * sizeof(std::int32_t) +
         static_cast<std::size_t>(shape_.output_width) * plane_start_.size() * sizeof(std::int32_t);
}

std::size_t SeparableKernel::workspace_bytes(std::int32_t rows) const {
  const auto capacity = static_cast<std::size_t>(exception_capacity(rows));
  const std::size_t lists =
      capacity * sizeof(DepthwiseException) + static_cast<std::size_t>(rows) * sizeof(std::int32_t);
  return std::max(rows_bytes(rows) + lists, planes_bytes());
}

DepthwiseRow SeparableKernel::row_at(const std::uint8_t* input, std::int32_t row) const {
  return {.input = input + std::ptrdiff_t{row} * shape_.stride_y * shape_.row_stride,
          .tap_offsets = tap_offsets_.data(),
          .pixel_stride = static_cast<std::size_t>(cell_step_),
          .tap_pairs = static_cast<std::int32_t>(tap_offsets_.size() / 2),
          .lanes = lanes_,
          .pixels = row_cells_};
}

ConvTileGeometry SeparableKernel::pointwise_geometry(const std::int32_t* start) const {
  return {.run = run_,
          .pixel_stride = pixel_bytes_,
          .line_stride = static_cast<std::ptrdiff_t>(row_bytes()),
          .product_bound = product_bound_,
          .start = start};
}

void SeparableKernel::run_pointwise(const std::uint8_t* bytes, std::int32_t rows,
                                    const std::int32_t* start, std::int32_t* potentials,
                                    std::ptrdiff_t potential_stride) const {
  const ConvTileGeometry geometry = pointwise_geometry(start);
  ConvTileExtent extent{.blocks = blocks_, .lines = rows, .pixels = shape_.output_width};
  if (geometry.line_stride == pixel_bytes_ * extent.pixels) {  // rows adjoin
    extent.pixels *= extent.lines;
    extent.lines = 1;
  }
  conv_tile_(bytes, geometry, pointwise_.data(), extent, potentials, potential_stride);
}

// False where too much saturates.
bool SeparableKernel::run_depthwise(const std::uint8_t* input, std::int32_t rows,
                                    const ByteRows& result) const {
  const DepthwiseWeights weights{byte_weights_.data(), byte_offsets_.data(), may_exceed_.data()};
  std::int32_t count = 0;
  for (std::int32_t row = 0; row < rows; ++row) {
    DepthwiseException* found = result.exceptions + count;
    const std::int32_t room = result.capacity - count;
    const std::int32_t added =
        depthwise_u8_(row_at(input, row), weights,
                      result.bytes + static_cast<std::size_t>(row) * row_bytes(), found, room);
    if (added > room) return false;
    for (std::int32_t i = 0; i < added; ++i) {
      const std::ptrdiff_t at = std::ptrdiff_t{found[i].pixel} * lanes_ + found[i].lane;
      const auto x = static_cast<std::int32_t>(at / pixel_bytes_);
      if (x >= shape_.output_width) continue;  // lanes behind the row's last pixel
      result.exceptions[count++] = {x, static_cast<std::int32_t>(at % pixel_bytes_),
                                    found[i].excess};
    }
    result.row_ends[row] = count;
  }
  return true;
}

void SeparableKernel::run_planes(const std::uint8_t* input, std::int32_t rows,
                                 std::int32_t* potentials, std::ptrdiff_t potential_stride,
                                 std::byte* workspace) const {
  const std::size_t row_values = row_bytes();
  auto* bytes = reinterpret_cast<std::uint8_t*>(workspace);
  auto* sums = reinterpret_cast<std::int32_t*>(workspace + rows_bytes(1));
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
        run_pointwise(bytes, 1, plane_start_.data(), potentials, potential_stride);
        continue;
      }
      run_pointwise(bytes, 1, nullptr, plane, padded_neurons());
      for (std::int32_t p = 0; p < shape_.output_width; ++p) {
        for (std::int32_t n = 0; n < padded_neurons(); ++n) {
          std::int32_t& potential = potentials[p * potential_stride + n];
          potential = add_product(potential, plane[p * padded_neurons() + n], 1 << (8 * k));
        }
      }
    }
  }
}

void SeparableKernel::run(const std::uint8_t* input, std::int32_t rows, std::int32_t* potentials,
                          std::ptrdiff_t potential_stride, std::byte* workspace) const {
  assert(rows >= 1 && potential_stride >= padded_neurons());
  const ByteRows band = place_rows(workspace, rows);
  if (!has_bytes_ || !run_depthwise(input, rows, band)) {
    run_planes(input, rows, potentials, potential_stride, workspace);
    return;
  }
  run_pointwise(band.bytes, rows, byte_start_.data(), potentials, potential_stride);
  std::int32_t first = 0;
  for (std::int32_t row = 0; row < rows; ++row) {
    repair_(band.exceptions + first, band.row_ends[row] - first, pointwise_.data(), run_,
            padded_neurons(), potentials + row * shape_.output_width * potential_stride,
            potential_stride);
    first = band.row_ends[row];
  }
}

std::int32_t SeparableKernel::rows_per_band() const {
  return static_cast<std::int32_t>(std::max<std::size_t>(1, kBandBytes / row_bytes()));
}

// Either the pieces' potentials and a band's bytes, or potentials of a row and its byte planes.
std::size_t SeparableKernel::levels_workspace_bytes() const {
  const std::size_t row_potentials =
      static_cast<std::size_t>(shape_.output_width) * round_up(plane_start_.size(), kLevelsGroup);
  return std::max(kConvLevelsScratch * sizeof(std::int32_t) + workspace_bytes(rows_per_band()),
                  row_potentials * sizeof(std::int32_t) + planes_bytes());
}

std::size_t SeparableKernel::run_levels(const std::uint8_t* input, std::int32_t rows,
                                        LevelsFn* to_levels, const LevelsTable& table,
                                        const ConvLevelsTarget& target,
                                        std::byte* workspace) const {
  auto* potentials = reinterpret_cast<std::int32_t*>(workspace);
  std::size_t nonzero = 0;
  for (std::int32_t row = 0; row < rows; row += rows_per_band()) {
    const std::int32_t count = std::min(rows_per_band(), rows - row);
    const std::uint8_t* first = row_at(input, row).input;
    ConvLevelsTarget place = target;
    place.levels += row * target.line_stride;
    const ByteRows band = place_rows(workspace + kConvLevelsScratch * sizeof(std::int32_t), count);
    if (has_bytes_ && run_depthwise(first, count, band)) {
      const Repair repair = {band.exceptions,   band.row_ends, repair_,
                             pointwise_.data(), run_,          padded_neurons()};
      nonzero += conv_levels({.tile = conv_tile_,
                              .to_levels = to_levels,
                              .geometry = pointwise_geometry(byte_start_.data()),
                              .weights = pointwise_.data(),
                              .table = table,
                              .hook = {repair_piece, &repair}},
                             band.bytes, count, shape_.output_width, place, potentials);
      continue;
    }
    const auto stride = static_cast<std::ptrdiff_t>(round_up(plane_start_.size(), kLevelsGroup));
    auto* planes = reinterpret_cast<std::byte*>(potentials + shape_.output_width * stride);
    for (std::int32_t i = 0; i < count; ++i, place.levels += target.line_stride) {
      run_planes(row_at(first, i).input, 1, potentials, stride, planes);
      nonzero += to_levels(table, potentials, stride, shape_.output_width, place.levels,
                           target.pixel_stride);
    }
  }
  return nonzero;
}

}  // namespace akida::kernels
