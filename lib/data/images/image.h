// Still images: PNG, JPEG and PNM, recognised by their first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace akida::data {

inline constexpr std::uint32_t kMaxImageSide = 32768;
inline constexpr std::uint64_t kMaxImagePixels = 1ULL << 26;

struct Image {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t channels = 0;         // 1 (grey) or 3 (red, green, blue)
  std::vector<std::uint8_t> pixels;  // [height, width, channels]

  bool operator==(const Image&) const = default;
};

inline constexpr std::size_t kImageMagicBytes = 8;

// "PNG", "JPEG", "PNM", or "" when `bytes`, the first kImageMagicBytes of a file, begin like none.
[[nodiscard]] std::string_view image_format(std::span<const std::byte> bytes);

// The pixels of an image file. Samples of another depth are scaled to 0..255, palettes become
// their colours, an alpha channel is dropped, CMYK becomes RGB as Pillow makes it; no gamma, colour
// profile or EXIF orientation (image_orientation.h) is applied. Throws kFormat for files with
// damaged pixels and sides outside the limits, kUnsupported for formats whose library was missing
// when this program was built.
[[nodiscard]] Image decode_image(std::span<const std::byte> bytes);

// The image with 1 or 3 channels. Grey is (299 R + 587 G + 114 B) / 1000 rounded (ITU-R BT.601).
[[nodiscard]] Image with_channels(const Image& image, std::int32_t channels);

}  // namespace akida::data
