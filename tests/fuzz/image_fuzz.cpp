// Any bytes as an image: an Error, or pixels that every way of fitting takes; never a crash.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "data/images/image_fit.h"
#include "data/images/image_orientation.h"

namespace {

using namespace akida::data;

constexpr std::uint64_t kManyPixels = 1U << 18;  // larger images take fuzzers too long

bool declares_many_pixels(std::span<const std::byte> bytes) {
  // PNG: sides at 16 and 20. The other formats need about as many bytes as pixels, or little time.
  if (image_format(bytes) != "PNG" || bytes.size() < 24) return false;
  const auto side = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | std::uint64_t(bytes[i]);
    return value;
  };
  return side(16) * side(20) > kManyPixels;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (exif_orientation(bytes) < 1 || exif_orientation(bytes) > 8) std::abort();
  if (declares_many_pixels(bytes)) return 0;
  try {
    const Image image = decode_image(bytes);
    for (const FitMode mode :
         {FitMode::kStretch, FitMode::kCrop, FitMode::kCenter, FitMode::kImagenet}) {
      for (const ResizeFilter filter : {ResizeFilter::kLegacy, ResizeFilter::kBilinear,
                                        ResizeFilter::kAntialias, ResizeFilter::kArea}) {
        const Image fitted =
            fit_image(image, {.width = 7, .height = 5, .mode = mode, .filter = filter});
        if (fitted.pixels.size() != std::size_t{35} * static_cast<unsigned>(image.channels)) {
          std::abort();
        }
      }
    }
  } catch (const akida::Error&) {
    return 0;
  }
  return 0;
}
