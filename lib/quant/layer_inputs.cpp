#include "quant/layer_inputs.h"

#include <algorithm>

#include "cnn/shapes.h"

namespace akida::quant {
namespace {

// Cells before the map: the odd one of Same padding is behind it.
std::int32_t leading_padding(std::int32_t input, std::int32_t output, std::int32_t size,
                             std::int32_t stride) {
  return std::max(0, (output - 1) * stride + size - input) / 2;
}

}  // namespace

LayerInputs::LayerInputs(const cnn::Layer& layer, std::vector<float> depthwise)
    : input_(layer.input_shape), output_(layer.output_shape), depthwise_(std::move(depthwise)) {
  const auto channels = static_cast<std::size_t>(input_.back());
  positions_ = static_cast<std::size_t>(cnn::element_count(output_) / output_.back());
  width_ = channels;
  std::visit(
      [&](const auto& arguments) {
        if constexpr (requires { arguments.kernel_size; }) {
          has_windows_ = true;
          kernel_ = arguments.kernel_size;
          strides_ = arguments.strides;
          if (arguments.padding == cnn::Padding::kSame) {
            padding_ = {leading_padding(input_[0], output_[0], kernel_.height, strides_.height),
                        leading_padding(input_[1], output_[1], kernel_.width, strides_.width)};
          }
          if (depthwise_.empty()) {
            width_ *= static_cast<std::size_t>(kernel_.height * kernel_.width);
          }
        }
      },
      layer.parameters);
}

// Calls visit(tap, pixel) for the taps inside the map; pixel is the index of its first channel.
template <typename Visit>
void LayerInputs::for_each_tap(std::size_t position, const Visit& visit) const {
  const auto columns = static_cast<std::size_t>(output_[1]);
  const auto row = static_cast<std::int32_t>(position / columns) * strides_.height;
  const auto column = static_cast<std::int32_t>(position % columns) * strides_.width;
  for (std::int32_t tap = 0; tap < kernel_.height * kernel_.width; ++tap) {
    const std::int32_t y = row + tap / kernel_.width - padding_.height;
    const std::int32_t x = column + tap % kernel_.width - padding_.width;
    if (y < 0 || y >= input_[0] || x < 0 || x >= input_[1]) continue;
    visit(static_cast<std::size_t>(tap), static_cast<std::size_t>((y * input_[1] + x) * input_[2]));
  }
}

void LayerInputs::copy_row(std::span<const float> input, std::size_t position,
                           std::span<float> row) const {
  const auto channels = static_cast<std::size_t>(input_.back());
  if (!has_windows_) {
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(position * channels), channels,
                row.begin());
    return;
  }
  std::ranges::fill(row, 0.0F);
  for_each_tap(position, [&](std::size_t tap, std::size_t pixel) {
    for (std::size_t c = 0; c < channels; ++c) {
      if (depthwise_.empty()) {
        row[tap * channels + c] = input[pixel + c];
      } else {
        row[c] += input[pixel + c] * depthwise_[tap * channels + c];
      }
    }
  });
}

}  // namespace akida::quant
