#include "eval/anchors.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "metrics/box.h"

namespace akida::eval {
namespace {

constexpr std::size_t kMaxRounds = 10000;  // k-means ends long before

double shape_iou(const BoxSize& a, const BoxSize& b) {
  return metrics::iou({0, 0, a.width, a.height}, {0, 0, b.width, b.height});
}

std::size_t nearest(const BoxSize& box, const std::vector<BoxSize>& centres) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < centres.size(); ++i) {
    if (shape_iou(box, centres[i]) > shape_iou(box, centres[best])) best = i;
  }
  return best;
}

std::vector<BoxSize> first_centres(std::span<const BoxSize> boxes, const AnchorOptions& options) {
  std::vector<BoxSize> distinct(boxes.begin(), boxes.end());
  const auto sides = [](const BoxSize& box) { return std::pair(box.width, box.height); };
  std::ranges::sort(distinct, {}, sides);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() < options.count) {
    fail(ErrorKind::kInvalid, "{} anchors need as many boxes of different size, there are {}",
         options.count, distinct.size());
  }
  std::vector<std::uint32_t> order(distinct.size());
  std::iota(order.begin(), order.end(), 0U);
  Random random(options.seed);
  partial_shuffle(order, options.count, random);
  std::vector<BoxSize> centres;
  for (std::size_t i = 0; i < options.count; ++i) centres.push_back(distinct[order[i]]);
  return centres;
}

void move_centres(std::span<const BoxSize> boxes, std::span<const std::size_t> clusters,
                  std::vector<BoxSize>& centres) {
  std::vector<BoxSize> sums(centres.size());
  std::vector<std::size_t> counts(centres.size(), 0);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    sums[clusters[i]].width += boxes[i].width;
    sums[clusters[i]].height += boxes[i].height;
    ++counts[clusters[i]];
  }
  for (std::size_t i = 0; i < centres.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto count = static_cast<double>(counts[i]);
    centres[i] = {sums[i].width / count, sums[i].height / count};
  }
}

double rounded(double value) { return std::nearbyint(value * 1e5) / 1e5; }

void order_anchors(std::vector<BoxSize>& sizes, AnchorOrder order) {
  if (order == AnchorOrder::kPairs) {
    std::ranges::sort(sizes, {},
                      [](const BoxSize& s) { return std::pair(s.width * s.height, s.width); });
    return;
  }
  std::vector<double> widths, heights;
  for (const BoxSize& size : sizes) {
    widths.push_back(size.width);
    heights.push_back(size.height);
  }
  std::ranges::sort(widths);
  std::ranges::sort(heights);
  for (std::size_t i = 0; i < sizes.size(); ++i) sizes[i] = {widths[i], heights[i]};
}

}  // namespace

Anchors find_anchors(std::span<const BoxSize> boxes, const AnchorOptions& options) {
  if (options.count < 1 || options.count > kMaxAnchors) {
    fail(ErrorKind::kInvalid, "{} anchors are outside 1..{}", options.count, kMaxAnchors);
  }
  Anchors anchors{.sizes = first_centres(boxes, options)};
  std::vector<std::size_t> clusters(boxes.size(), options.count);  // none yet
  for (bool changed = true; changed && anchors.rounds < kMaxRounds; ++anchors.rounds) {
    changed = false;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const std::size_t cluster = nearest(boxes[i], anchors.sizes);
      changed = changed || cluster != clusters[i];
      clusters[i] = cluster;
    }
    if (changed) move_centres(boxes, clusters, anchors.sizes);
  }
  for (const BoxSize& box : boxes) {
    anchors.mean_iou += shape_iou(box, anchors.sizes[nearest(box, anchors.sizes)]);
  }
  anchors.mean_iou /= static_cast<double>(boxes.size());
  for (BoxSize& size : anchors.sizes) size = {rounded(size.width), rounded(size.height)};
  order_anchors(anchors.sizes, options.order);
  return anchors;
}

}  // namespace akida::eval
