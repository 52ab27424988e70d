#include "data/images/image_resize.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "data/images/image_codecs.h"
#include "data/images/image_weights.h"

namespace akida::data {
namespace {

// Between which two old columns (or rows) a new one lies, and how far from the first to the second.
struct Between {
  std::int32_t first;
  std::int32_t second;
  float share;
};

std::vector<Between> neighbours(std::int32_t old_size, std::int32_t new_size, std::int32_t begin,
                                std::int32_t count, bool from_centres) {
  const float scale = static_cast<float>(old_size) / static_cast<float>(new_size);
  std::vector<Between> result;
  result.reserve(static_cast<std::size_t>(count));
  for (std::int32_t i = begin; i < begin + count; ++i) {
    const float position = from_centres ? (static_cast<float>(i) + 0.5F) * scale - 0.5F
                                        : static_cast<float>(i) * scale;
    const float floor = std::floor(position);
    const auto below = static_cast<std::int32_t>(floor);
    result.push_back({.first = std::clamp(below, 0, old_size - 1),
                      .second = std::clamp(below + 1, 0, old_size - 1),
                      .share = position - floor});
  }
  return result;
}

template <int channels>
void blend_columns(const std::uint8_t* row, const std::vector<Between>& columns, float* out) {
  for (const Between& column : columns) {
    const std::uint8_t* const left = row + std::ptrdiff_t{column.first} * channels;
    const std::uint8_t* const right = row + std::ptrdiff_t{column.second} * channels;
    for (int c = 0; c < channels; ++c) {
      const auto value = static_cast<float>(left[c]);
      *out++ = value + (static_cast<float>(right[c]) - value) * column.share;
    }
  }
}

// Two rows at a time, of which the lower one is often the next upper one.
class BlendedRows {
 public:
  BlendedRows(const ImageView& image, std::vector<Between> columns)
      : image_(image), columns_(std::move(columns)) {
    const std::size_t size = columns_.size() * static_cast<std::size_t>(image.channels);
    for (Row& row : rows_) row.values.resize(size);
  }

  // The columns of old row `index` at their new places. Valid until the next call but one.
  std::span<const float> row(std::int32_t index) {
    if (rows_[1].index == index) std::swap(rows_[0], rows_[1]);
    if (rows_[0].index != index) {
      std::swap(rows_[0], rows_[1]);
      const std::uint8_t* const from =
          image_.pixels + static_cast<std::size_t>(index) * image_.row_bytes;
      (image_.channels == 1 ? blend_columns<1> : blend_columns<3>)(from, columns_,
                                                                   rows_[0].values.data());
      rows_[0].index = index;
    }
    return rows_[0].values;  // a swap moves the vectors, not what they hold
  }

 private:
  struct Row {
    std::int32_t index = -1;
    std::vector<float> values;
  };

  const ImageView& image_;
  std::vector<Between> columns_;
  Row rows_[2];  // the last used one first
};

Image resize_by_floats(const ImageView& image, std::int32_t width, std::int32_t height,
                       bool from_centres, const Rect& window) {
  const float half = from_centres ? 0.5F : 0.0F;
  Image result = make_image(static_cast<std::uint64_t>(window.width),
                            static_cast<std::uint64_t>(window.height), image.channels);
  BlendedRows rows(image, neighbours(image.width, width, window.x, window.width, from_centres));
  std::uint8_t* out = result.pixels.data();
  for (const Between& place :
       neighbours(image.height, height, window.y, window.height, from_centres)) {
    const std::span<const float> upper = rows.row(place.first);
    const std::span<const float> lower = rows.row(place.second);
    for (std::size_t i = 0; i < upper.size(); ++i) {
      const float value = upper[i] + (lower[i] - upper[i]) * place.share;
      out[i] = static_cast<std::uint8_t>(static_cast<int>(value + half));
    }
    out += upper.size();
  }
  return result;
}

}  // namespace

ImageView view_of(const Image& image) {
  return view_of(image, {.width = image.width, .height = image.height});
}

ImageView view_of(const Image& image, const Rect& part) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * channels;
  return {.pixels = image.pixels.data() + static_cast<std::size_t>(part.y) * row_bytes +
                    static_cast<std::size_t>(part.x) * channels,
          .width = part.width,
          .height = part.height,
          .channels = image.channels,
          .row_bytes = row_bytes};
}

Image resize_image(const ImageView& image, std::int32_t width, std::int32_t height,
                   ResizeFilter filter, const Rect& window) {
  if (filter == ResizeFilter::kLegacy || filter == ResizeFilter::kBilinear) {
    return resize_by_floats(image, width, height, filter == ResizeFilter::kBilinear, window);
  }
  return resize_by_weights(image, width, height, filter, window);
}

Image resize_image(const ImageView& image, std::int32_t width, std::int32_t height,
                   ResizeFilter filter) {
  return resize_image(image, width, height, filter, {.width = width, .height = height});
}

}  // namespace akida::data
