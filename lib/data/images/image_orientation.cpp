#include "data/images/image_orientation.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace akida::data {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kOrientationTag = 0x0112;
constexpr std::uint64_t kShortType = 3;
constexpr std::size_t kEntryBytes = 12;

// Bytes that may end anywhere; reads behind the end have no value.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes, bool big_endian = true)
      : bytes_(bytes), big_endian_(big_endian) {}

  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return {};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = static_cast<std::size_t>(at) + (big_endian_ ? i : size - 1 - i);
      value = value << 8 | static_cast<std::uint8_t>(bytes_[place]);
    }
    return value;
  }

  [[nodiscard]] std::string_view part(std::size_t at, std::size_t size) const {
    return at < bytes_.size() ? bytes_.substr(at, size) : std::string_view();
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

// A TIFF header, the directory it points to, and there the tag.
int orientation_of(std::string_view tiff) {
  const bool big_endian = tiff.starts_with("MM\0*"sv);
  if (!big_endian && !tiff.starts_with("II*\0"sv)) return 1;
  const Bytes bytes(tiff, big_endian);
  const std::uint64_t directory = bytes.number(4, 4).value_or(0);
  const std::uint64_t entries = bytes.number(directory, 2).value_or(0);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + i * kEntryBytes;
    if (bytes.number(entry, 2) != kOrientationTag) continue;
    const std::uint64_t value = bytes.number(entry + 8, 2).value_or(1);
    const bool is_short = bytes.number(entry + 2, 2) == kShortType;
    return is_short && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace

int exif_orientation(std::span<const std::byte> file) {
  if (image_format(file) != "JPEG") return 1;
  const Bytes bytes(std::string_view(reinterpret_cast<const char*>(file.data()), file.size()));
  // Segments: FF, marker, length (of itself and the content); pixels begin at DA.
  for (std::uint64_t at = 2;;) {
    const std::uint64_t marker = bytes.number(at, 2).value_or(0);
    const std::uint64_t length = bytes.number(at + 2, 2).value_or(0);
    if (marker < 0xFFC0 || marker == 0xFFDA || length < 2) return 1;
    if (marker == 0xFFE1) {
      const std::string_view content = bytes.part(at + 4, length - 2);
      if (content.starts_with("Exif\0\0"sv)) return orientation_of(content.substr(6));
    }
    at += 2 + length;
  }
}

Image turn_upright(Image image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  Image result = image;
  const bool swaps_sides = orientation >= 5;
  if (swaps_sides) std::swap(result.width, result.height);
  const bool from_right = orientation == 2 || orientation == 3 || orientation >= 7;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  auto out = result.pixels.begin();
  for (std::int32_t y = 0; y < result.height; ++y) {
    for (std::int32_t x = 0; x < result.width; ++x) {
      const std::int32_t across = swaps_sides ? y : x;
      const std::int32_t down = swaps_sides ? x : y;
      const std::int32_t column = from_right ? image.width - 1 - across : across;
      const std::int32_t row = from_below ? image.height - 1 - down : down;
      out = std::copy_n(
          image.pixels.begin() + (std::ptrdiff_t{row} * image.width + column) * image.channels,
          image.channels, out);
    }
  }
  return result;
}

}  // namespace akida::data
