// OFF as Geomview's manual describes it ("OFF: Object File Format"), one vertex and one face a
// line.
#include "base/error.h"
#include "data/clouds/mesh_formats.h"
#include "data/clouds/mesh_lines.h"

namespace akida::data {
namespace {

constexpr std::string_view kMagic = "OFF";
constexpr std::size_t kMinVertexBytes = 6;  // "0 0 0" and the end of its line
constexpr std::size_t kMinFaceBytes = 2;    // "0" and the end of its line

// The first field of a file, "[ST][C][N][4][n]OFF" with the first count perhaps behind it.
struct OffMagic {
  std::string_view letters;  // in front of OFF
  std::string_view rest;     // behind it
  bool valid = false;
};

OffMagic parse_magic(std::string_view field) {
  const std::size_t at = field.find(kMagic);
  if (at == std::string_view::npos) return {};
  OffMagic magic{field.substr(0, at), field.substr(at + kMagic.size()), true};
  std::string_view letters = magic.letters;
  for (const std::string_view part : {"ST", "C", "N", "4", "n"}) {
    if (letters.starts_with(part)) letters.remove_prefix(part.size());
  }
  magic.valid =
      letters.empty() && magic.rest.find_first_not_of("0123456789") == std::string_view::npos;
  return magic;
}

class OffReader {
 public:
  explicit OffReader(std::string_view text) : lines_(text, {}) {}

  Mesh read() {
    read_counts();
    mesh_.vertices.reserve(vertices_);
    for (std::size_t i = 0; i < vertices_; ++i) {
      next_line("vertex", i, vertices_);
      // Whatever else the letters of the header promise stands behind the coordinates.
      mesh_.vertices.push_back(lines_.point(0));
    }
    mesh_.triangles.reserve(faces_);
    for (std::size_t i = 0; i < faces_; ++i) {
      next_line("face", i, faces_);
      read_face();
    }
    return std::move(mesh_);
  }

 private:
  void read_counts() {
    if (!lines_.next()) fail(ErrorKind::kFormat, "file is empty");
    const OffMagic magic = parse_magic(lines_.fields()[0]);
    if (!magic.valid) lines_.refuse("'OFF' is missing");
    if (magic.letters.find_first_of("4n") != std::string_view::npos) {
      fail(ErrorKind::kUnsupported, "line {}: {}OFF, whose vertices are not x, y, z, is not read",
           lines_.number(), magic.letters);
    }
    std::vector<std::string_view> counts(lines_.fields().begin() + 1, lines_.fields().end());
    if (!magic.rest.empty()) counts.insert(counts.begin(), magic.rest);
    if (!counts.empty() && counts[0] == "BINARY") {
      fail(ErrorKind::kUnsupported, "line {}: binary OFF is not read", lines_.number());
    }
    if (counts.empty()) {
      if (!lines_.next()) lines_.refuse("file ends before the counts of vertices and faces");
      counts = lines_.fields();
    }
    if (counts.size() < 2) lines_.refuse("counts of vertices and faces are missing");
    vertices_ = count_of(counts[0], "vertices", kMaxMeshVertices, kMinVertexBytes);
    faces_ = count_of(counts[1], "faces", kMaxMeshTriangles, kMinFaceBytes);
  }

  std::size_t count_of(std::string_view field, std::string_view what, std::uint64_t limit,
                       std::uint64_t bytes) {
    const auto count = static_cast<std::uint64_t>(lines_.integer_of(field, what, 0, INT64_MAX));
    check_mesh_count(lines_, what, count, limit, bytes);
    return count;
  }

  void next_line(const char* what, std::size_t index, std::size_t count) {
    if (!lines_.next()) {
      lines_.refuse(fmt::format("file ends before {} {} of {}", what, index + 1, count));
    }
  }

  void read_face() {
    const auto size = static_cast<std::size_t>(lines_.integer(0, "size of face", 0, INT32_MAX));
    lines_.need(size + 1, "vertices of a face");
    polygon_.clear();
    for (std::size_t i = 1; i <= size; ++i) {
      const auto last = static_cast<std::int64_t>(vertices_) - 1;
      polygon_.push_back(static_cast<std::uint32_t>(lines_.integer(i, "vertex", 0, last)));
    }
    add_polygon(polygon_, mesh_);  // what follows is the colour
  }

  MeshLines lines_;
  Mesh mesh_;
  std::size_t vertices_ = 0;
  std::size_t faces_ = 0;
  std::vector<std::uint32_t> polygon_;
};

}  // namespace

bool begins_as_off(std::string_view start) {
  MeshLines lines(start, {});
  return lines.next() && parse_magic(lines.fields()[0]).valid;
}

Mesh decode_off(std::string_view text) { return OffReader(text).read(); }

}  // namespace akida::data
