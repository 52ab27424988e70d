// Pooling of whole maps: the maximum of levels or potentials, the sum of potentials.
#pragma once

#include <cstddef>
#include <cstdint>

#include "snn/geometry.h"
#include "snn/layer.h"

namespace akida::engine {

// Cells outside `input` take no part.
//
// from: u8 [input.height][input.width][input.channels];
// to: cell (x, y, c) of the output at to[y * row_stride + x * pixel_stride + c].
// Returns how many of the levels written are not zero.
std::size_t max_pool_levels(const Shape& input, const snn::ResolvedPooling& windows,
                            const std::uint8_t* from, std::uint8_t* to, std::size_t row_stride,
                            std::size_t pixel_stride);

// The same for int32 maps whose pixels are `stride` apart, both without gaps between rows;
// kMax takes maxima, kAverage sums.
void pool_potentials(snn::PoolingType type, const Shape& input, const snn::ResolvedPooling& windows,
                     const std::int32_t* from, std::size_t stride, std::int32_t* to);

}  // namespace akida::engine
