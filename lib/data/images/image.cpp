#include "data/images/image.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/error.h"
#include "data/images/image_codecs.h"

namespace akida::data {
namespace {

struct Format {
  std::string_view name;
  std::string_view magic;
  Image (*decode)(std::span<const std::byte> bytes);  // null: not in this build
};

#ifdef AKIDA_HAVE_PNG
constexpr auto* kDecodePng = decode_png;
#else
constexpr decltype(&decode_pnm) kDecodePng = nullptr;
#endif
#ifdef AKIDA_HAVE_JPEG
constexpr auto* kDecodeJpeg = decode_jpeg;
#else
constexpr decltype(&decode_pnm) kDecodeJpeg = nullptr;
#endif

constexpr std::array kFormats = {
    Format{"PNG", "\x89PNG\r\n\x1A\n", kDecodePng},
    Format{"JPEG", "\xFF\xD8\xFF", kDecodeJpeg},
    Format{"PNM", "P1", decode_pnm},
    Format{"PNM", "P2", decode_pnm},
    Format{"PNM", "P3", decode_pnm},
    Format{"PNM", "P4", decode_pnm},
    Format{"PNM", "P5", decode_pnm},
    Format{"PNM", "P6", decode_pnm},
};

const Format* find_format(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto* const found =
      std::ranges::find_if(kFormats, [&](const Format& f) { return text.starts_with(f.magic); });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace

std::string_view image_format(std::span<const std::byte> bytes) {
  const Format* format = find_format(bytes);
  return format == nullptr ? "" : format->name;
}

Image decode_image(std::span<const std::byte> bytes) {
  const Format* format = find_format(bytes);
  if (format == nullptr) fail(ErrorKind::kFormat, "offset 0: neither PNG nor JPEG nor PNM");
  if (format->decode == nullptr) {
    fail(ErrorKind::kUnsupported, "this program cannot read {} images", format->name);
  }
  return format->decode(bytes);
}

void check_image_size(std::uint64_t width, std::uint64_t height) {
  if (width < 1 || height < 1 || width > kMaxImageSide || height > kMaxImageSide ||
      width * height > kMaxImagePixels) {
    fail(ErrorKind::kFormat, "image of {} x {} pixels exceeds limits {} a side and {} in all",
         width, height, kMaxImageSide, kMaxImagePixels);
  }
}

Image make_image(std::uint64_t width, std::uint64_t height, std::int32_t channels) {
  check_image_size(width, height);
  return {.width = static_cast<std::int32_t>(width),
          .height = static_cast<std::int32_t>(height),
          .channels = channels,
          .pixels = std::vector<std::uint8_t>(width * height * static_cast<unsigned>(channels))};
}

Image with_channels(const Image& image, std::int32_t channels) {
  if (channels == image.channels) return image;
  Image result = make_image(static_cast<std::uint64_t>(image.width),
                            static_cast<std::uint64_t>(image.height), channels);
  const std::size_t pixels =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  for (std::size_t i = 0; i < pixels; ++i) {
    if (channels == 3) {
      std::fill_n(result.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, image.pixels[i]);
    } else {
      const std::uint8_t* rgb = image.pixels.data() + 3 * i;
      result.pixels[i] =
          static_cast<std::uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
    }
  }
  return result;
}

}  // namespace akida::data
