#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "data/images/image_codecs.h"

namespace akida::data {
namespace {

constexpr std::uint32_t kMaxSample = 65535;

// Portable bitmap, graymap and pixmap: netpbm's pbm(5), pgm(5) and ppm(5). Plain (P1, P2, P3) and
// raw (P4, P5, P6).
class PnmReader {
 public:
  explicit PnmReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Image read() {
    const char kind = static_cast<char>(bytes_[1]);
    at_ = 2;
    const std::uint32_t width = number("width", kMaxImageSide);
    const std::uint32_t height = number("height", kMaxImageSide);
    if (kind == '1' || kind == '4') return read_bitmap(width, height, kind == '4');
    const std::uint32_t maximum = number("maximum", kMaxSample);
    if (maximum == 0) refuse("maximum 0 is outside 1..65535");
    const bool raw = kind >= '5';
    if (raw) ++at_;  // exactly one blank before the raw samples
    const std::int32_t channels = kind == '3' || kind == '6' ? 3 : 1;
    const std::uint64_t needed = std::uint64_t{width} * height * static_cast<unsigned>(channels) *
                                 (raw && maximum > 255 ? 2 : 1);
    require(needed);
    Image image = make_image(width, height, channels);
    for (std::uint8_t& pixel : image.pixels) {
      const std::uint32_t value = raw ? raw_sample(maximum) : number("sample", maximum);
      if (value > maximum) refuse(fmt::format("sample {} exceeds maximum {}", value, maximum));
      pixel = static_cast<std::uint8_t>((value * 255 + maximum / 2) / maximum);
    }
    return image;
  }

 private:
  // One bit a pixel, 1 is black; rows of raw ones begin with a byte.
  Image read_bitmap(std::uint32_t width, std::uint32_t height, bool raw) {
    if (raw) ++at_;
    const std::uint64_t row_bytes = (std::uint64_t{width} + 7) / 8;
    require(raw ? row_bytes * height : std::uint64_t{width} * height);
    Image image = make_image(width, height, 1);
    auto pixel = image.pixels.begin();
    for (std::uint32_t y = 0; y < height; ++y) {
      for (std::uint32_t x = 0; x < width; ++x) {
        const bool black =
            raw ? (std::to_integer<unsigned>(bytes_[at_ + x / 8]) >> (7 - x % 8) & 1U) != 0
                : digit();
        *pixel++ = black ? 0 : 255;
      }
      if (raw) at_ += row_bytes;
    }
    return image;
  }

  // A 0 or 1, which need not have blanks around it.
  bool digit() {
    skip_blanks();
    if (peek() != '0' && peek() != '1') refuse("pixel is neither 0 nor 1");
    return static_cast<char>(bytes_[at_++]) == '1';
  }

  void require(std::uint64_t needed) const {
    const std::uint64_t remaining = bytes_.size() - std::min(at_, bytes_.size());
    if (remaining < needed) {
      refuse(fmt::format("pixels need {} bytes, {} remain", needed, remaining));
    }
  }

  [[noreturn]] void refuse(const std::string& what) const {
    fail(ErrorKind::kFormat, "offset {}: PNM: {}", at_, what);
  }

  [[nodiscard]] int peek() const {
    return at_ < bytes_.size() ? static_cast<int>(bytes_[at_]) : -1;
  }

  void skip_blanks() {
    while (std::isspace(peek()) != 0 || peek() == '#') {
      if (peek() == '#') {
        while (peek() != '\n' && peek() != -1) ++at_;
      } else {
        ++at_;
      }
    }
  }

  std::uint32_t number(const char* what, std::uint32_t limit) {
    skip_blanks();
    if (std::isdigit(peek()) == 0) refuse(fmt::format("{} is no number", what));
    const std::size_t start = at_;
    std::uint32_t value = 0;
    for (; std::isdigit(peek()) != 0; ++at_) {
      value = value * 10 + static_cast<std::uint32_t>(peek() - '0');
      if (value > limit) {
        at_ = start;
        refuse(fmt::format("{} exceeds limit {}", what, limit));
      }
    }
    return value;
  }

  std::uint32_t raw_sample(std::uint32_t maximum) {
    auto value = static_cast<std::uint32_t>(bytes_[at_++]);
    if (maximum > 255) value = value << 8 | static_cast<std::uint32_t>(bytes_[at_++]);
    return value;
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Image decode_pnm(std::span<const std::byte> bytes) { return PnmReader(bytes).read(); }

}  // namespace akida::data
