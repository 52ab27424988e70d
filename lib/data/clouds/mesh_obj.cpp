// Wavefront OBJ ("Advanced Visualizer", appendix B1): its vertices and polygons.
#include <algorithm>
#include <array>

#include "base/error.h"
#include "data/clouds/mesh_formats.h"
#include "data/clouds/mesh_lines.h"

namespace akida::data {
namespace {

// Words that the first line of a file may begin with.
constexpr std::array<std::string_view, 13> kFirstWords = {
    "v", "vn", "vt", "vp", "f", "l", "p", "o", "g", "s", "mtllib", "usemtl", "mg"};

class ObjReader {
 public:
  explicit ObjReader(std::string_view text) : lines_(text, {.continued = true}) {}

  Mesh read() {
    while (lines_.next()) {
      const std::string_view word = lines_.fields()[0];
      if (word == "v") {
        read_vertex();
      } else if (word == "f" || word == "fo") {  // fo: an old spelling
        read_face();
      }
    }
    if (mesh_.vertices.empty()) fail(ErrorKind::kFormat, "file has no vertices");
    if (highest_ >= mesh_.vertices.size()) {
      fail(ErrorKind::kFormat, "line {}: vertex {} is outside 1..{}", highest_line_, highest_ + 1,
           mesh_.vertices.size());
    }
    return std::move(mesh_);
  }

 private:
  void read_vertex() {
    if (mesh_.vertices.size() == kMaxMeshVertices) {
      lines_.refuse(fmt::format("more than {} vertices, the limit", kMaxMeshVertices));
    }
    mesh_.vertices.push_back(lines_.point(1));  // a weight or a colour may follow
  }

  // Positive indices count from 1 and may lie ahead; negative ones count back from the last vertex.
  void read_face() {
    const auto known = static_cast<std::int64_t>(mesh_.vertices.size());
    polygon_.clear();
    for (std::size_t i = 1; i < lines_.fields().size(); ++i) {
      const std::string_view field = lines_.fields()[i];
      const std::int64_t index =
          lines_.integer_of(field.substr(0, field.find('/')), "vertex", -known,
                            static_cast<std::int64_t>(kMaxMeshVertices));
      if (index == 0) lines_.refuse("vertex 0 does not exist, indices count from 1");
      polygon_.push_back(static_cast<std::uint32_t>(index > 0 ? index - 1 : known + index));
    }
    if (polygon_.empty()) lines_.refuse("face has no vertices");
    const std::uint32_t highest = *std::ranges::max_element(polygon_);
    if (highest_line_ == 0 || highest > highest_) {
      highest_ = highest;
      highest_line_ = lines_.number();
    }
    add_polygon(polygon_, mesh_);
  }

  MeshLines lines_;
  Mesh mesh_;
  std::vector<std::uint32_t> polygon_;
  std::size_t highest_ = 0;       // vertex that a face names,
  std::size_t highest_line_ = 0;  // in this line; 0: there was no face
};

}  // namespace

bool begins_as_obj(std::string_view start) {
  MeshLines lines(start, {.continued = true});
  return lines.next() && std::ranges::find(kFirstWords, lines.fields()[0]) != kFirstWords.end();
}

Mesh decode_obj(std::string_view text) { return ObjReader(text).read(); }

}  // namespace akida::data
