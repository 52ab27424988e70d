#include "engine/pool_maps.h"

#include <algorithm>
#include <cstring>

#include "engine/nonzeros.h"

namespace akida::engine {
namespace {

// Cells [first, last) of one axis that the window at `position` covers; never empty.
struct Cells {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

Cells covered(const snn::AxisWindow& axis, std::int32_t stride, std::int32_t size,
              std::int32_t input, std::int32_t position) {
  const std::int32_t start = position * stride - axis.pad_before;
  return {std::max(start, 0), std::min(start + size, input)};
}

template <typename Value>
void raise_to(Value* to, const Value* from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = std::max(to[i], from[i]);
}

void add_to(std::int32_t* to, const std::int32_t* from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
}

// Calls combine(cell, whether it is the window's first) for every cell of `from`, `stride` values
// apart, that the window at output position (x, y) covers.
template <typename Value, typename Combine>
void visit_window(const Shape& input, const snn::ResolvedPooling& windows, const Value* from,
                  std::size_t stride, std::int32_t y, std::int32_t x, Combine combine) {
  const Cells rows = covered(windows.y, windows.stride_y, windows.height, input.height, y);
  const Cells columns = covered(windows.x, windows.stride_x, windows.width, input.width, x);
  for (std::int32_t row = rows.first; row < rows.last; ++row) {
    const Value* cell =
        from + static_cast<std::size_t>(std::int64_t{row} * input.width + columns.first) * stride;
    for (std::int32_t column = columns.first; column < columns.last; ++column, cell += stride) {
      combine(cell, row == rows.first && column == columns.first);
    }
  }
}

}  // namespace

std::size_t max_pool_levels(const Shape& input, const snn::ResolvedPooling& windows,
                            const std::uint8_t* from, std::uint8_t* to, std::size_t row_stride,
                            std::size_t pixel_stride) {
  const auto channels = static_cast<std::size_t>(input.channels);
  std::size_t nonzeros = 0;
  for (std::int32_t y = 0; y < windows.y.output; ++y) {
    std::uint8_t* pixel = to + static_cast<std::size_t>(y) * row_stride;
    for (std::int32_t x = 0; x < windows.x.output; ++x, pixel += pixel_stride) {
      visit_window(input, windows, from, channels, y, x,
                   [&](const std::uint8_t* cell, bool first_cell) {
                     if (first_cell) {
                       std::memcpy(pixel, cell, channels);
                     } else {
                       raise_to(pixel, cell, channels);
                     }
                   });
      nonzeros += count_nonzeros(pixel, channels);
    }
  }
  return nonzeros;
}

void pool_potentials(snn::PoolingType type, const Shape& input, const snn::ResolvedPooling& windows,
                     const std::int32_t* from, std::size_t stride, std::int32_t* to) {
  const auto channels = static_cast<std::size_t>(input.channels);
  for (std::int32_t y = 0; y < windows.y.output; ++y) {
    for (std::int32_t x = 0; x < windows.x.output; ++x) {
      std::int32_t* pixel =
          to + static_cast<std::size_t>(std::int64_t{y} * windows.x.output + x) * stride;
      visit_window(input, windows, from, stride, y, x,
                   [&](const std::int32_t* cell, bool first_cell) {
                     if (first_cell) {
                       std::copy_n(cell, channels, pixel);
                     } else if (type == snn::PoolingType::kMax) {
                       raise_to(pixel, cell, channels);
                     } else {
                       add_to(pixel, cell, channels);
                     }
                   });
    }
  }
}

}  // namespace akida::engine
