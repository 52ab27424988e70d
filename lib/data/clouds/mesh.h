// Triangle meshes from files of three formats, recognised by their content:
//
//   OFF  ASCII: counts on the line of the header or on the next one, also glued to it as in
//        ModelNet ("OFF490 518 0"), comments, colours, normals and texture coordinates
//   OBJ  Wavefront: v and f, also with texture and normal indices, relative indices, continued
//        lines; lines, free-form surfaces, groups and materials are passed over
//   PLY  ASCII, little-endian and big-endian, with any further elements and properties
//
// Polygons become fans of triangles around their first vertex. Faces of fewer than three vertices
// have no area and are passed over.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace akida::data {

// What the readers refuse.
inline constexpr std::uint64_t kMaxMeshBytes = 1ULL << 28;      // of a file
inline constexpr std::uint64_t kMaxMeshVertices = 1ULL << 25;   // of a mesh
inline constexpr std::uint64_t kMaxMeshTriangles = 1ULL << 26;  // of a mesh, as of its faces

using Point = std::array<double, 3>;  // x, y, z; finite

struct Mesh {
  std::vector<Point> vertices;
  std::vector<std::array<std::uint32_t, 3>> triangles;  // indices of vertices, none: a point cloud

  bool operator==(const Mesh&) const = default;
};

// "OFF", "OBJ" or "PLY" by the first bytes of a file; "" where it is none of them.
[[nodiscard]] std::string_view mesh_format(std::span<const std::byte> start);

// The mesh of a whole file. Throws kFormat naming line (or, in binary data, offset), value and
// limit; kUnsupported for a variant of a format that is not read (binary or n-dimensional OFF).
[[nodiscard]] Mesh decode_mesh(std::span<const std::byte> file);

}  // namespace akida::data
