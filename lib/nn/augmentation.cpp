#include "nn/augmentation.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/error.h"

namespace akida::nn {
namespace {

struct Image {
  Shape shape;
  std::span<float> values;  // [height, width, channels]

  [[nodiscard]] std::span<float> pixel(std::int32_t y, std::int32_t x) const {
    const auto channels = static_cast<std::size_t>(shape.channels);
    return values.subspan(static_cast<std::size_t>(y * shape.width + x) * channels, channels);
  }
};

// Replaces every pixel by what `source(y, x, channel)` finds in a copy of the image.
template <typename Source>
void rebuild(const Image& image, const Source& source) {
  std::vector<float> copy(image.values.begin(), image.values.end());
  const Image old{image.shape, copy};
  for (std::int32_t y = 0; y < image.shape.height; ++y) {
    for (std::int32_t x = 0; x < image.shape.width; ++x) {
      const std::span<float> pixel = image.pixel(y, x);
      for (std::size_t c = 0; c < pixel.size(); ++c) pixel[c] = source(old, y, x, c);
    }
  }
}

void cut_at_border(const Shape& shape, io::Box& box) {
  const auto width = static_cast<float>(shape.width);
  const auto height = static_cast<float>(shape.height);
  box.x1 = std::clamp(box.x1, 0.0F, width);
  box.x2 = std::clamp(box.x2, 0.0F, width);
  box.y1 = std::clamp(box.y1, 0.0F, height);
  box.y2 = std::clamp(box.y2, 0.0F, height);
}

void flip(const Image& image, std::span<io::Box> boxes) {
  rebuild(image, [&](const Image& old, std::int32_t y, std::int32_t x, std::size_t c) {
    return old.pixel(y, image.shape.width - 1 - x)[c];
  });
  const auto width = static_cast<float>(image.shape.width);
  for (io::Box& box : boxes) {
    const float left = width - box.x2;
    box.x2 = width - box.x1;
    box.x1 = left;
  }
}

void shift(const Image& image, std::int32_t dy, std::int32_t dx, std::span<io::Box> boxes) {
  rebuild(image, [&](const Image& old, std::int32_t y, std::int32_t x, std::size_t c) {
    return old.pixel(std::clamp(y - dy, 0, image.shape.height - 1),
                     std::clamp(x - dx, 0, image.shape.width - 1))[c];
  });
  for (io::Box& box : boxes) {
    box.x1 += static_cast<float>(dx);
    box.x2 += static_cast<float>(dx);
    box.y1 += static_cast<float>(dy);
    box.y2 += static_cast<float>(dy);
    cut_at_border(image.shape, box);
  }
}

// Where a point between pixels lies: the two neighbours and the share of the second.
struct Between {
  std::int32_t first, second;
  float share;
};

// The centre of output pixel `index` in a window that begins at `start` and is `scale` times as
// long as the axis of `size` pixels.
Between between(std::int32_t index, double start, double scale, std::int32_t size) {
  const double place =
      std::clamp(start + (index + 0.5) * scale - 0.5, 0.0, static_cast<double>(size - 1));
  const auto first = static_cast<std::int32_t>(place);
  return {first, std::min(first + 1, size - 1), static_cast<float>(place - first)};
}

// Enlarges the window at (top, left), `scale` times the image, to the whole image.
void crop(const Image& image, double scale, double top, double left, std::span<io::Box> boxes) {
  rebuild(image, [&](const Image& old, std::int32_t y, std::int32_t x, std::size_t c) {
    const Between v = between(y, top, scale, image.shape.height);
    const Between h = between(x, left, scale, image.shape.width);
    const auto row = [&](std::int32_t at) {
      return old.pixel(at, h.first)[c] * (1 - h.share) + old.pixel(at, h.second)[c] * h.share;
    };
    return row(v.first) * (1 - v.share) + row(v.second) * v.share;
  });
  for (io::Box& box : boxes) {
    box.x1 = static_cast<float>((box.x1 - left) / scale);
    box.x2 = static_cast<float>((box.x2 - left) / scale);
    box.y1 = static_cast<float>((box.y1 - top) / scale);
    box.y2 = static_cast<float>((box.y2 - top) / scale);
    cut_at_border(image.shape, box);
  }
}

// Uniform among -most..most pixels.
std::int32_t draw_shift(double share, std::int32_t size, Random& random) {
  const auto most = static_cast<std::int32_t>(share * size);
  return static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(2 * most + 1))) - most;
}

void check_share(const char* what, double value) {
  if (!(value >= 0 && value < 1)) {
    fail(ErrorKind::kInvalid, "{} {} is outside 0 <= {} < 1", what, value, what);
  }
}

}  // namespace

void validate(const Augmentation& augmentation) {
  check_share("shift", augmentation.shift);
  check_share("crop", augmentation.crop);
  check_share("brightness", augmentation.brightness);
  if (!(augmentation.noise >= 0) || !std::isfinite(augmentation.noise)) {
    fail(ErrorKind::kInvalid, "noise {} is not finite and at least 0", augmentation.noise);
  }
}

void augment(const Augmentation& augmentation, const Shape& shape, DType type, Random& random,
             std::span<float> values, std::span<io::Box> boxes) {
  assert(static_cast<std::int64_t>(values.size()) == shape.size());
  const Image image{shape, values};
  if (augmentation.flip && random.below(2) == 1) flip(image, boxes);
  if (augmentation.shift > 0) {
    const std::int32_t dy = draw_shift(augmentation.shift, shape.height, random);
    const std::int32_t dx = draw_shift(augmentation.shift, shape.width, random);
    shift(image, dy, dx, boxes);
  }
  if (augmentation.crop > 0) {
    const double scale = 1 - augmentation.crop * random.uniform();
    const double top = (1 - scale) * shape.height * random.uniform();
    const double left = (1 - scale) * shape.width * random.uniform();
    crop(image, scale, top, left, boxes);
  }
  if (augmentation.brightness > 0) {
    const double factor = 1 + augmentation.brightness * (2 * random.uniform() - 1);
    for (float& value : values) value *= static_cast<float>(factor);
  }
  if (augmentation.noise > 0) {
    for (float& value : values) {
      value += static_cast<float>(augmentation.noise * random.normal());
    }
  }
  if (type == DType::kF32) return;
  const bool bytes = type == DType::kU8;
  for (float& value : values) {
    value = std::nearbyint(value);
    if (bytes) value = std::clamp(value, 0.0F, 255.0F);
  }
}

}  // namespace akida::nn
