#include "data/clouds/surface_sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace akida::data {
namespace {

// Uniform in [0, 1) with 53 bits: the number of triangles may come near the 32 of uniform().
double fine_uniform(Random& random) {
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  return static_cast<double>((high << 32 | low) >> 11) * 0x1p-53;
}

Point difference(const Point& a, const Point& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

double area_of(const Point& a, const Point& b, const Point& c) {
  const Point u = difference(b, a);
  const Point v = difference(c, a);
  const Point normal = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2],
                        u[0] * v[1] - u[1] * v[0]};
  return std::sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]) / 2;
}

std::vector<Point> draw_points(const Mesh& mesh, std::size_t count, Random& random) {
  if (mesh.vertices.size() < count) {
    fail(ErrorKind::kInvalid, "no faces and {} points, fewer than the {} wanted",
         mesh.vertices.size(), count);
  }
  std::vector<std::uint32_t> order(mesh.vertices.size());
  std::iota(order.begin(), order.end(), 0U);
  partial_shuffle(order, count, random);
  std::vector<Point> cloud;
  cloud.reserve(count);
  for (std::size_t i = 0; i < count; ++i) cloud.push_back(mesh.vertices[order[i]]);
  return cloud;
}

}  // namespace

std::vector<Point> sample_surface(const Mesh& mesh, std::size_t count, Random& random) {
  if (mesh.triangles.empty()) return draw_points(mesh, count, random);
  std::vector<double> area_up_to;  // and with each triangle
  area_up_to.reserve(mesh.triangles.size());
  double area = 0;
  for (const auto& [a, b, c] : mesh.triangles) {
    area += area_of(mesh.vertices[a], mesh.vertices[b], mesh.vertices[c]);
    area_up_to.push_back(area);
  }
  if (!(area > 0) || !std::isfinite(area)) {
    fail(ErrorKind::kInvalid, "surface of {} triangles has area {}", mesh.triangles.size(), area);
  }
  std::vector<Point> cloud(count);
  for (Point& point : cloud) {
    // The product may round up to the whole area, which the last triangle with any area ends at.
    const double target = fine_uniform(random) * area;
    auto found = std::ranges::upper_bound(area_up_to, target);
    if (found == area_up_to.end()) found = std::ranges::lower_bound(area_up_to, area);
    const auto& [a, b, c] = mesh.triangles[static_cast<std::size_t>(found - area_up_to.begin())];
    double u = fine_uniform(random);
    double v = fine_uniform(random);
    if (u + v > 1) {  // the other half of the parallelogram, turned over
      u = 1 - u;
      v = 1 - v;
    }
    const Point& origin = mesh.vertices[a];
    const Point first = difference(mesh.vertices[b], origin);
    const Point second = difference(mesh.vertices[c], origin);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      point[axis] = origin[axis] + u * first[axis] + v * second[axis];
    }
  }
  return cloud;
}

void normalize_cloud(std::span<Point> cloud, bool center) {
  for (std::size_t axis = 0; center && axis < 3; ++axis) {
    double sum = 0;
    for (const Point& point : cloud) sum += point[axis];
    const double mean = sum / static_cast<double>(cloud.size());
    for (Point& point : cloud) point[axis] -= mean;
  }
  double largest = 0;
  for (const Point& point : cloud) {
    for (const double coordinate : point) largest = std::max(largest, std::abs(coordinate));
  }
  if (largest == 0) return;
  for (Point& point : cloud) {
    for (double& coordinate : point) coordinate /= largest;
  }
}

}  // namespace akida::data
