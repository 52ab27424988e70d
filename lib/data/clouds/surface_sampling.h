// Point clouds from meshes, as the documented preprocessing of ModelNet40 makes them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/random.h"
#include "data/clouds/mesh.h"

namespace akida::data {

// `count` points on the surface of `mesh`, each independent and uniform by area: a triangle with
// probability proportional to its area, in it a + u (b - a) + v (c - a) with (u, v) uniform over
// the unit triangle. A point takes six words of `random`: 53 bits each for triangle, u and v.
//
// A mesh without triangles is a point cloud: `count` of its points, without repetition.
// Throws kInvalid where the surface has no area, or a cloud fewer points.
[[nodiscard]] std::vector<Point> sample_surface(const Mesh& mesh, std::size_t count,
                                                Random& random);

// Scales the cloud so that its largest absolute coordinate is 1. With `center` the mean of the
// points is subtracted first, which the documented preprocessing does not do. A cloud of zeros
// stays as it is.
void normalize_cloud(std::span<Point> cloud, bool center);

}  // namespace akida::data
