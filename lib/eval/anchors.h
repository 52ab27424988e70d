// Anchors of a detector: the shapes that stand for many boxes best.
//
// Clustering by k-means with the distance 1 - IoU of boxes with one centre, from Redmon and
// Farhadi, "YOLO9000: Better, Faster, Stronger", 2017.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akida::eval {

inline constexpr std::size_t kMaxAnchors = 256;

// A box without its place, in grid cells; both sides above 0.
struct BoxSize {
  double width = 0;
  double height = 0;

  bool operator==(const BoxSize&) const = default;
};

enum class AnchorOrder : std::uint8_t {
  kPairs,    // by area
  kColumns,  // widths and heights each sorted by themselves, as the documented zoo does: what was
             // one anchor may be parted
};

struct AnchorOptions {
  std::size_t count = 5;  // 1..kMaxAnchors
  AnchorOrder order = AnchorOrder::kPairs;
  std::uint64_t seed = 0;  // of the boxes that the clusters begin with
};

struct Anchors {
  std::vector<BoxSize> sizes;  // rounded to 5 decimals, in the order asked for
  double mean_iou = 0;         // of every box and the anchor that fits it best, before that order
  std::size_t rounds = 0;      // until nothing changed
};

// Begins with distinct boxes chosen by the seed and moves every centre to the mean of its boxes
// until no box changes its cluster; a cluster that loses all keeps its centre. Throws kInvalid
// where there are fewer distinct boxes than anchors.
[[nodiscard]] Anchors find_anchors(std::span<const BoxSize> boxes, const AnchorOptions& options);

}  // namespace akida::eval
