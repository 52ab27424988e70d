#include "data/images/image_weights.h"

#include <algorithm>
#include <cmath>

#include "data/images/image_codecs.h"

namespace akida::data {
namespace {

constexpr int kWeightBits = 22;  // weights of a pixel sum to about 2^22, so 255 of them fit int32
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

// The weighted old columns (or rows) of every new one.
struct Weights {
  struct Range {
    std::int32_t begin;  // first old column
    std::int32_t count;
  };
  std::vector<Range> ranges;         // one per new column
  std::vector<std::int32_t> values;  // `stride` per new column, `count` of them used
  std::size_t stride = 0;
};

// Weights are normalised in double and then rounded half away from zero, as Pillow does.
void round_weights(const std::vector<double>& weights, std::int32_t* out) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  for (const double weight : weights) {
    *out++ = static_cast<std::int32_t>(0.5 + weight / sum * (1 << kWeightBits));
  }
}

// Triangle of half-width `support` about `centre`: its weights at the centres of pixels.
Weights::Range triangle_weights(double centre, double support, std::int32_t size,
                                std::vector<double>& weights) {
  const std::int32_t begin = std::max(static_cast<std::int32_t>(centre - support + 0.5), 0);
  const std::int32_t end = std::min(static_cast<std::int32_t>(centre + support + 0.5), size);
  weights.clear();
  for (std::int32_t i = begin; i < end; ++i) {
    const double distance = std::abs((i - centre + 0.5) * (1.0 / support));
    weights.push_back(std::max(1.0 - distance, 0.0));
  }
  return {.begin = begin, .count = end - begin};
}

// How much of every pixel lies between `left` and `right`.
Weights::Range area_weights(double left, double right, std::int32_t size,
                            std::vector<double>& weights) {
  const std::int32_t begin = std::min(static_cast<std::int32_t>(left), size - 1);
  const std::int32_t end = std::clamp(static_cast<std::int32_t>(std::ceil(right)), begin + 1, size);
  weights.clear();
  for (std::int32_t i = begin; i < end; ++i) {
    weights.push_back(std::max(std::min(right, i + 1.0) - std::max(left, double{1} * i), 0.0));
  }
  return {.begin = begin, .count = end - begin};
}

Weights make_weights(std::int32_t old_size, std::int32_t new_size, std::int32_t begin,
                     std::int32_t count, ResizeFilter filter) {
  const double scale = static_cast<double>(old_size) / new_size;
  const double support = std::max(scale, 1.0);
  Weights result;
  result.stride = std::min(static_cast<std::size_t>(std::ceil(support)) * 2 + 1,
                           static_cast<std::size_t>(old_size));
  result.values.resize(result.stride * static_cast<std::size_t>(count));
  std::vector<double> weights;
  for (std::int32_t i = begin; i < begin + count; ++i) {
    std::int32_t* const out = result.values.data() + result.ranges.size() * result.stride;
    result.ranges.push_back(filter == ResizeFilter::kArea
                                ? area_weights(i * scale, (i + 1) * scale, old_size, weights)
                                : triangle_weights((i + 0.5) * scale, support, old_size, weights));
    round_weights(weights, out);
  }
  return result;
}

std::uint8_t to_pixel(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

template <int channels>
void sum_columns(const std::uint8_t* row, const Weights& weights, std::uint8_t* out) {
  const std::int32_t* values = weights.values.data();
  for (const Weights::Range& range : weights.ranges) {
    const std::uint8_t* in = row + std::ptrdiff_t{range.begin} * channels;
    std::int32_t sums[channels];
    std::fill_n(sums, channels, kHalf);
    for (std::int32_t i = 0; i < range.count; ++i, in += channels) {
      for (int c = 0; c < channels; ++c) sums[c] += in[c] * values[i];
    }
    for (int c = 0; c < channels; ++c) *out++ = to_pixel(sums[c]);
    values += weights.stride;
  }
}

// The old rows a window needs, at their new width, in one block.
std::vector<std::uint8_t> narrow_rows(const ImageView& image, const Weights& columns,
                                      std::int32_t first_row, std::int32_t rows) {
  const std::size_t row_bytes = columns.ranges.size() * static_cast<std::size_t>(image.channels);
  std::vector<std::uint8_t> result(row_bytes * static_cast<std::size_t>(rows));
  const auto sum = image.channels == 1 ? sum_columns<1> : sum_columns<3>;
  for (std::int32_t y = 0; y < rows; ++y) {
    sum(image.pixels + static_cast<std::size_t>(first_row + y) * image.row_bytes, columns,
        result.data() + static_cast<std::size_t>(y) * row_bytes);
  }
  return result;
}

}  // namespace

Image resize_by_weights(const ImageView& image, std::int32_t width, std::int32_t height,
                        ResizeFilter filter, const Rect& window) {
  Image result = make_image(static_cast<std::uint64_t>(window.width),
                            static_cast<std::uint64_t>(window.height), image.channels);
  const Weights columns = make_weights(image.width, width, window.x, window.width, filter);
  const Weights rows = make_weights(image.height, height, window.y, window.height, filter);
  const std::int32_t first_row = rows.ranges.front().begin;
  const std::int32_t end_row = rows.ranges.back().begin + rows.ranges.back().count;
  const std::vector<std::uint8_t> narrow =
      narrow_rows(image, columns, first_row, end_row - first_row);
  const std::size_t row_bytes =
      static_cast<std::size_t>(window.width) * static_cast<std::size_t>(image.channels);
  std::vector<std::int32_t> sums(row_bytes);
  std::uint8_t* out = result.pixels.data();
  const std::int32_t* values = rows.values.data();
  for (const Weights::Range& range : rows.ranges) {
    std::ranges::fill(sums, kHalf);
    for (std::int32_t i = 0; i < range.count; ++i) {
      const std::uint8_t* const in =
          narrow.data() + static_cast<std::size_t>(range.begin + i - first_row) * row_bytes;
      const std::int32_t weight = values[i];
      for (std::size_t x = 0; x < row_bytes; ++x) sums[x] += in[x] * weight;
    }
    for (std::size_t x = 0; x < row_bytes; ++x) out[x] = to_pixel(sums[x]);
    out += row_bytes;
    values += rows.stride;
  }
  return result;
}

}  // namespace akida::data
