// From point clouds to the input of PointNet++ (pointnet_plus_modelnet40): selection, nearest
// neighbours, grouping and folding, as the documented preprocessing does them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "tensor/shape.h"

namespace akida::data {

// Which points of a cloud become the centres of groups.
enum class PointSelection {
  kShuffle,   // one random choice of indices, the same for every cloud
  kFarthest,  // point 0, then always the point farthest from those chosen, the first of equals
  kFirst,     // the first ones
};

struct GroupOptions {
  std::int32_t selected = 128;   // groups S
  std::int32_t neighbours = 64;  // points K of a group: a power of 2 from 4 to 512, at most S
  PointSelection selection = PointSelection::kShuffle;
  std::uint64_t seed = 40;      // of the choice and of what follows
  double jitter = 0;            // moves every coordinate by less than this, uniformly
  bool shuffle_points = false;  // puts the points of every cloud in an order of its own first
};

inline constexpr std::int32_t kPointFeatures = 3;

// Of the input of the network: height S f, width K / f, channels 3, where f is 2, 4, 8 or 16 for K
// up to 8, 32, 128 or 512. Throws kUsage for options outside their ranges.
[[nodiscard]] Shape group_shape(const GroupOptions& options);

class PointGrouper {
 public:
  // For clouds of `points` points. Throws kInvalid for options that do not fit them.
  PointGrouper(std::size_t points, const GroupOptions& options);

  // Groups one cloud of `points` triples x, y, z in [-1, 1] into group_shape().size() bytes.
  //
  // Coordinates become v = clip(round((x + 1) * 127 / 2), 0, 127) in float32, halves to even. The
  // neighbours of a selected point are the K selected points nearest to it by the squared distance
  // of these v, in rising order, the first of equals first; it is itself its first neighbour.
  // Neighbour 0 is written as v + 127, the others as v - v of the centre + 127: what
  // x * 127 + 127 gives for the documented float input x, and so the unsigned 8-bit input of a
  // network with input scaling (127, 127). Group s fills rows s f to (s + 1) f.
  //
  // `copy` numbers the augmented copies of sample `index`; each has random numbers of its own.
  void group(std::span<const float> cloud, std::uint32_t index, std::uint32_t copy,
             std::span<std::uint8_t> out) const;

 private:
  std::size_t points_;
  GroupOptions options_;
  std::vector<std::uint32_t> chosen_;  // for kShuffle and kFirst
};

}  // namespace akida::data
