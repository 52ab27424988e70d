// Maps with a border of padding around them.
#pragma once

#include <algorithm>
#include <cstddef>

#include "nn/onednn.h"

namespace akida::nn {

// Copies `samples` maps of geometry.input into maps of with_padded_input(geometry).input, every
// value through `convert`; padded cells are `padding`.
template <typename From, typename To, typename Convert>
void copy_padded(const WindowGeometry& geometry, std::size_t samples, const From* from, To* to,
                 To padding, const Convert& convert) {
  const cnn::Extent after = padding_after(geometry);
  const auto channels = static_cast<std::size_t>(geometry.input[2]);
  const auto rows = static_cast<std::size_t>(geometry.input[0]);
  const std::size_t row = static_cast<std::size_t>(geometry.input[1]) * channels;
  const std::size_t left = static_cast<std::size_t>(geometry.before.width) * channels;
  const std::size_t right = static_cast<std::size_t>(after.width) * channels;
  const std::size_t padded_row = left + row + right;
  const auto above = static_cast<std::size_t>(geometry.before.height);
  const auto below = static_cast<std::size_t>(after.height);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    to = std::fill_n(to, above * padded_row, padding);
    for (std::size_t y = 0; y < rows; ++y) {
      to = std::fill_n(to, left, padding);
      to = std::transform(from, from + row, to, convert);
      to = std::fill_n(to, right, padding);
      from += row;
    }
    to = std::fill_n(to, below * padded_row, padding);
  }
}

}  // namespace akida::nn
