#include "data/clouds/point_groups.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "io/stream.h"

namespace akida::data {
namespace {

constexpr std::int32_t kMinNeighbours = 4;
constexpr std::int32_t kMaxNeighbours = 512;
constexpr std::int32_t kLevels = 127;  // a coordinate has the values 0..127

// Streams of random numbers of one seed.
constexpr std::uint32_t kSelectionStream = 0;
constexpr std::uint32_t kAugmentationStream = 1;

using Coordinates = std::array<float, 3>;
using Levels = std::array<std::int32_t, 3>;

std::int32_t fold_of(std::int32_t neighbours) {
  return neighbours <= 8 ? 2 : neighbours <= 32 ? 4 : neighbours <= 128 ? 8 : 16;
}

std::vector<Coordinates> points_of(std::span<const float> cloud) {
  std::vector<Coordinates> points(cloud.size() / kPointFeatures);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::copy_n(cloud.begin() + static_cast<std::ptrdiff_t>(i * kPointFeatures), kPointFeatures,
                points[i].begin());
    if (!std::ranges::all_of(points[i], [](float x) { return std::isfinite(x); })) {
      fail(ErrorKind::kInvalid, "point {} of the cloud is not finite", i);
    }
  }
  return points;
}

void augment(std::vector<Coordinates>& points, const GroupOptions& options, Random& random) {
  if (options.jitter > 0) {
    for (Coordinates& point : points) {
      for (float& coordinate : point) {
        coordinate = static_cast<float>(coordinate + options.jitter * (2 * random.uniform() - 1));
      }
    }
  }
  if (options.shuffle_points) {
    std::vector<std::uint32_t> order(points.size());
    std::iota(order.begin(), order.end(), 0U);
    partial_shuffle(order, order.size(), random);
    std::vector<Coordinates> shuffled;
    shuffled.reserve(points.size());
    for (const std::uint32_t index : order) shuffled.push_back(points[index]);
    points = std::move(shuffled);
  }
}

double squared_distance(const Coordinates& a, const Coordinates& b) {
  double sum = 0;
  for (std::size_t axis = 0; axis < a.size(); ++axis) {
    const double step = double{a[axis]} - double{b[axis]};
    sum += step * step;
  }
  return sum;
}

// Farthest-point sampling (Eldar et al., "The farthest point strategy for progressive image
// sampling", 1997).
std::vector<std::uint32_t> farthest_points(const std::vector<Coordinates>& points,
                                           std::size_t count) {
  std::vector<std::uint32_t> chosen = {0};
  std::vector<double> distance(points.size(), INFINITY);  // to the nearest chosen point
  while (chosen.size() < count) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      distance[i] = std::min(distance[i], squared_distance(points[i], points[chosen.back()]));
    }
    distance[chosen.back()] = -1;  // equal points are chosen once each
    const auto farthest = std::ranges::max_element(distance) - distance.begin();
    chosen.push_back(static_cast<std::uint32_t>(farthest));
  }
  return chosen;
}

Levels levels_of(const Coordinates& point) {
  Levels levels{};
  for (std::size_t axis = 0; axis < point.size(); ++axis) {
    // rint rounds halves to even, the mode that nobody changes.
    const float value = std::rint((point[axis] + 1.0F) * static_cast<float>(kLevels) / 2.0F);
    levels[axis] = static_cast<std::int32_t>(std::clamp(value, 0.0F, static_cast<float>(kLevels)));
  }
  return levels;
}

std::int32_t squared_distance(const Levels& a, const Levels& b) {
  std::int32_t sum = 0;
  for (std::size_t axis = 0; axis < a.size(); ++axis) {
    sum += (a[axis] - b[axis]) * (a[axis] - b[axis]);
  }
  return sum;
}

// Indices of the `count` points nearest to `center`, in rising order of the distance.
void find_nearest(const std::vector<Levels>& points, const Levels& center, std::size_t count,
                  std::vector<std::uint64_t>& keys) {
  keys.clear();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto distance = static_cast<std::uint64_t>(squared_distance(points[i], center));
    keys.push_back(distance << 32 | i);  // equal distances order by index
  }
  std::ranges::partial_sort(keys, keys.begin() + static_cast<std::ptrdiff_t>(count));
  keys.resize(count);
}

}  // namespace

Shape group_shape(const GroupOptions& options) {
  const std::int32_t neighbours = options.neighbours;
  if (neighbours < kMinNeighbours || neighbours > kMaxNeighbours ||
      !std::has_single_bit(static_cast<std::uint32_t>(neighbours))) {
    fail(ErrorKind::kUsage, "neighbours {} are no power of 2 from {} to {}", neighbours,
         kMinNeighbours, kMaxNeighbours);
  }
  const std::int32_t fold = fold_of(neighbours);
  const auto most = static_cast<std::int32_t>(io::kMaxSide) / fold;
  if (options.selected < neighbours || options.selected > most) {
    fail(ErrorKind::kUsage, "selected points {} are outside {}..{} for groups of {}",
         options.selected, neighbours, most, neighbours);
  }
  return {
      .width = neighbours / fold, .height = options.selected * fold, .channels = kPointFeatures};
}

PointGrouper::PointGrouper(std::size_t points, const GroupOptions& options)
    : points_(points), options_(options) {
  (void)group_shape(options);
  const auto selected = static_cast<std::size_t>(options.selected);
  if (selected > points) {
    fail(ErrorKind::kInvalid, "{} selected points exceed the {} of a cloud", selected, points);
  }
  if (!(options.jitter >= 0) || options.jitter > 1) {
    fail(ErrorKind::kInvalid, "jitter {} is outside 0..1", options.jitter);
  }
  chosen_.resize(points);
  std::iota(chosen_.begin(), chosen_.end(), 0U);
  if (options.selection == PointSelection::kShuffle) {
    Random random(options.seed, kSelectionStream);
    partial_shuffle(chosen_, selected, random);
  }
  chosen_.resize(selected);
}

void PointGrouper::group(std::span<const float> cloud, std::uint32_t index, std::uint32_t copy,
                         std::span<std::uint8_t> out) const {
  std::vector<Coordinates> points = points_of(cloud);
  if (points.size() != points_) {
    fail(ErrorKind::kInvalid, "cloud has {} points, not {}", points.size(), points_);
  }
  Random random(options_.seed, kAugmentationStream, index, copy);
  augment(points, options_, random);
  const std::vector<std::uint32_t> chosen = options_.selection == PointSelection::kFarthest
                                                ? farthest_points(points, chosen_.size())
                                                : chosen_;
  std::vector<Levels> selected;
  selected.reserve(chosen.size());
  for (const std::uint32_t point : chosen) selected.push_back(levels_of(points[point]));
  std::vector<std::uint64_t> nearest;
  auto place = out.begin();
  for (const Levels& center : selected) {
    find_nearest(selected, center, static_cast<std::size_t>(options_.neighbours), nearest);
    for (std::size_t k = 0; k < nearest.size(); ++k) {
      const Levels& point = selected[static_cast<std::uint32_t>(nearest[k])];
      for (std::size_t axis = 0; axis < point.size(); ++axis) {
        const std::int32_t value = k == 0 ? point[axis] : point[axis] - center[axis];
        *place++ = static_cast<std::uint8_t>(value + kLevels);
      }
    }
  }
}

}  // namespace akida::data
