// One decoder per image format, for image.cpp only. Not installed.
#pragma once

#include "data/images/image.h"

namespace akida::data {

[[nodiscard]] Image decode_png(std::span<const std::byte> bytes);
[[nodiscard]] Image decode_jpeg(std::span<const std::byte> bytes);
[[nodiscard]] Image decode_pnm(std::span<const std::byte> bytes);

// Throws kFormat when a side or the number of pixels is outside the limits.
void check_image_size(std::uint64_t width, std::uint64_t height);

// An image of zeros of such a size.
[[nodiscard]] Image make_image(std::uint64_t width, std::uint64_t height, std::int32_t channels);

}  // namespace akida::data
