#include "data/clouds/surface_sampling.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"

using namespace akida;
using Catch::Matchers::Contains;
using data::Point;

namespace {

// The faces of a box with sides 1, 2 and 3 as two triangles each: six pairs with areas 2, 3 and 6.
data::Mesh box() {
  data::Mesh mesh;
  for (int i = 0; i < 8; ++i) {
    mesh.vertices.push_back({1.0 * (i >> 2), 2.0 * (i >> 1 & 1), 3.0 * (i & 1)});
  }
  mesh.triangles = {{0, 1, 3}, {0, 3, 2}, {4, 6, 7}, {4, 7, 5}, {0, 4, 5}, {0, 5, 1},
                    {2, 3, 7}, {2, 7, 6}, {0, 2, 6}, {0, 6, 4}, {1, 5, 7}, {1, 7, 3}};
  return mesh;
}

double chi_square(const std::vector<double>& counts, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  }
  return sum;
}

}  // namespace

TEST_CASE("points lie on the surface, each face with its share of the area") {
  constexpr std::size_t kPoints = 44000;
  Random random(1);
  // x = 0, x = 1, y = 0, y = 2, z = 0, z = 3
  std::vector<double> counts(6);
  for (const Point& p : data::sample_surface(box(), kPoints, random)) {
    const std::array<bool, 6> on = {p[0] == 0, p[0] == 1, p[1] == 0,
                                    p[1] == 2, p[2] == 0, p[2] == 3};
    REQUIRE(std::count(on.begin(), on.end(), true) >= 1);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      REQUIRE((p[axis] >= 0 && p[axis] <= static_cast<double>(axis + 1)));
    }
    counts[static_cast<std::size_t>(std::find(on.begin(), on.end(), true) - on.begin())] += 1;
  }
  // 22 is the whole area; 20.5 is the 0.1 % quantile of chi-square with 5 degrees of freedom.
  CHECK(chi_square(counts, {12000, 12000, 6000, 6000, 4000, 4000}) < 20.5);
}

TEST_CASE("points are uniform within a triangle") {
  data::Mesh mesh{{{0, 0, 0}, {4, 0, 0}, {0, 0, 4}}, {{0, 1, 2}}};
  Random random(2);
  // The midpoints of the sides divide it into four triangles of one area, two of them below x = 1
  // and so on: 16 of side 1, told apart by the unit squares and their diagonals.
  std::vector<double> counts(16);
  for (const Point& p : data::sample_surface(mesh, 16000, random)) {
    REQUIRE(p[1] == 0);
    const double x = std::floor(p[0]), z = std::floor(p[2]);
    const bool upper = p[0] - x + p[2] - z > 1;
    // Rows of 7, 5, 3 and 1 triangles.
    counts[static_cast<std::size_t>(z * (8 - z) + 2 * x + upper)] += 1;
  }
  CHECK(chi_square(counts, std::vector<double>(16, 1000)) < 37.7);  // 0.1 %, 15 degrees
}

TEST_CASE("triangles without area are never chosen") {
  data::Mesh mesh{{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {5, 5, 5}}, {{3, 3, 3}, {0, 1, 2}, {3, 3, 0}}};
  Random random(3);
  for (const Point& p : data::sample_surface(mesh, 1000, random)) REQUIRE(p[2] == 0);
  mesh.triangles = {{0, 0, 1}};
  CHECK_THROWS_WITH(data::sample_surface(mesh, 1, random), "surface of 1 triangles has area 0");
  mesh = {{{0, 0, 0}, {1e300, 0, 0}, {0, 1e300, 0}}, {{0, 1, 2}}};
  CHECK_THROWS_WITH(data::sample_surface(mesh, 1, random), Contains("has area inf"));
}

TEST_CASE("a cloud of points gives its points without repetition") {
  const data::Mesh mesh{{{1, 0, 0}, {2, 0, 0}, {3, 0, 0}}, {}};
  Random random(4);
  std::vector<Point> cloud = data::sample_surface(mesh, 3, random);
  std::sort(cloud.begin(), cloud.end());
  CHECK(cloud == mesh.vertices);
  CHECK_THROWS_WITH(data::sample_surface(mesh, 4, random),
                    "no faces and 3 points, fewer than the 4 wanted");
}

TEST_CASE("clouds are scaled by their largest coordinate, centred only on request") {
  std::vector<Point> cloud = {{1, 2, -4}, {3, 2, 0}};
  data::normalize_cloud(cloud, false);
  CHECK(cloud == std::vector<Point>{{0.25, 0.5, -1}, {0.75, 0.5, 0}});
  cloud = {{1, 2, -4}, {3, 2, 0}};
  data::normalize_cloud(cloud, true);
  CHECK(cloud == std::vector<Point>{{-0.5, 0, -1}, {0.5, 0, 1}});
  cloud = {{0, 0, 0}};
  data::normalize_cloud(cloud, true);
  CHECK(cloud == std::vector<Point>{{0, 0, 0}});
}
