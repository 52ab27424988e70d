// Compressed stream of the non-zero cells that one row of convolution windows reads.
//
//   for x in columns: starts[x] = n
//     for row in rows: for c in channels: v = input[row][x][c]
//       if v != 0: values[n] = v, n += 1,
//                  offsets[n] = (x + (row * channels + c) * kernel_width) * 64
//     append entries of value 0 until n is a multiple of `group`
//   starts[columns] = n
//   if group is 2: pairs[i] = values[2i], values[2i + 1], and the same two again, as bytes
//
// With weights packed [kernel_height][channels][kernel_width][64] (event_conv.h) the window of an
// output pixel is the contiguous range of its columns, and an offset less 64 times its first column
// is the byte offset of the weight row. Added entries carry the offset of their column's first
// cell, so every entry of a window points at one of its weights.
#pragma once

#include <cstddef>
#include <cstdint>

namespace akida::kernels {

inline constexpr std::int32_t kEventNeurons = 64;  // neurons (and bytes) of one weight row

// The cells that the windows of one output row cover, in a padded u8 NHWC map. A 1x1 convolution
// with stride 1 over a map without padding may take the whole map as one row. columns, rows and
// channels >= 1; (columns + rows * channels * kernel_width) * 64 < 2^32. Up to 63 bytes behind a
// cell's last channel are read, so as many must be readable behind the map.
struct EventRows {
  const std::uint8_t* input;  // channel 0 of the top left cell
  std::size_t row_stride;     // bytes from one map row to the next
  std::int32_t columns;
  std::int32_t rows;  // kernel height
  std::int32_t channels;
  std::int32_t kernel_width = 1;  // 1..256
};

// The caller's arrays: values and offsets of event_capacity() entries, starts of columns + 1, pairs
// of half the capacity (only used with group 2).
struct EventStream {
  std::uint8_t* values;
  std::uint32_t* offsets;
  std::uint32_t* starts;
  std::uint32_t* pairs;
};

// Entries that `values` and `offsets` must have: every cell, the added ones, and room behind the
// last entry for whole vector stores.
[[nodiscard]] constexpr std::size_t event_capacity(std::int32_t columns, std::int32_t rows,
                                                   std::int32_t channels) {
  const auto cells = static_cast<std::size_t>(rows) * static_cast<std::size_t>(channels);
  return static_cast<std::size_t>(columns) * ((cells + 3) / 4 * 4) + 64;
}

// `group` is 1, 2 or 4: how many events the consumer takes per step (a pair ready to be broadcast
// saves it a shuffle). The arrays do not overlap the input. Entries behind starts[columns] may be
// overwritten, up to the capacity.
using EventStreamFn = void(const EventRows& rows, std::int32_t group, const EventStream& stream);

#define AKIDA_KERNEL(fn, need) EventStreamFn fn;
#include "kernels/event_stream.inc"
#undef AKIDA_KERNEL

// The fastest variant that this machine and the CPU mask allow.
[[nodiscard]] EventStreamFn* event_stream();

}  // namespace akida::kernels
