#include "data/clouds/mesh.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/error.h"
#include "io/bytes.h"

using namespace akida;
using Catch::Matchers::Contains;

namespace {

std::vector<std::byte> file_of(const std::string& name) {
  const std::string path = std::string(AKIDA_TESTDATA) + "/meshes/" + name;
  return io::read_all(*io::open_source(path), 1 << 20);
}

data::Mesh decode(const std::string& text) {
  return data::decode_mesh(std::as_bytes(std::span(text)));
}

// The cube of testdata/meshes/make.py: vertex 4x + 2y + z, every square a fan of two triangles.
data::Mesh cube() {
  data::Mesh mesh;
  for (int i = 0; i < 8; ++i) {
    mesh.vertices.push_back({double(i >> 2), double(i >> 1 & 1), double(i & 1)});
  }
  mesh.triangles = {{0, 1, 3}, {0, 3, 2}, {4, 6, 7}, {4, 7, 5}, {0, 4, 5}, {0, 5, 1},
                    {2, 3, 7}, {2, 7, 6}, {0, 2, 6}, {0, 6, 4}, {1, 5, 7}, {1, 7, 3}};
  return mesh;
}

const std::string kPlyVertex =
    "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float "
    "z\n";

}  // namespace

TEST_CASE("a cube is the same mesh in every format and variant") {
  for (const char* name : {"cube.off", "glued.off", "one_line.off", "commented.off", "cube.obj",
                           "relative.obj", "ascii.ply", "little.ply", "big.ply"}) {
    INFO(name);
    CHECK(data::decode_mesh(file_of(name)) == cube());
  }
}

TEST_CASE("formats are recognised by their content") {
  using namespace std::string_view_literals;
  const auto format = [](std::string_view text) {
    return data::mesh_format(std::as_bytes(std::span(text)));
  };
  CHECK(format("ply\n") == "PLY");
  CHECK(format("ply\r\n") == "PLY");
  CHECK(format("plymouth\n") == "");
  CHECK(format("# comment\n\n STCNOFF12 3 4\n") == "OFF");
  CHECK(format("OFFICE\n") == "");
  CHECK(format("# comment\nmtllib a.mtl\n") == "OBJ");
  CHECK(format("v 1 2 3\n") == "OBJ");
  CHECK(format("vertex 1 2 3\n") == "");
  CHECK(format("") == "");
  CHECK_THROWS_WITH(decode("solid ascii\n"), "offset 0: neither OFF nor OBJ nor PLY");
}

TEST_CASE("polygons become fans, faces without area disappear") {
  const data::Mesh mesh =
      decode("OFF\n5 3 0\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n0 0 1\n5 0 1 2 3 4\n2 0 1\n0\n");
  CHECK(mesh.triangles ==
        std::vector<std::array<std::uint32_t, 3>>{{0, 1, 2}, {0, 2, 3}, {0, 3, 4}});
  CHECK(decode("v 0 0 0\nv 1 0 0\nf 1 2\n").triangles.empty());
}

TEST_CASE("a PLY file without faces is a point cloud") {
  const data::Mesh mesh = data::decode_mesh(file_of("points.ply"));
  CHECK(mesh.vertices == std::vector<data::Point>{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  CHECK(mesh.triangles.empty());
}

TEST_CASE("lines end as in Unix, DOS and old Macintosh files") {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (const char* line : {"OFF", "3 1 0", "0 0 0", "1 0 0", "0 1 0", "3 0 1 2"}) {
      text += std::string(line) + end;
    }
    CHECK(decode(text).triangles.size() == 1);
    text[text.size() - std::string(end).size() - 1] = '7';
    CHECK_THROWS_WITH(decode(text), "OFF: line 6: vertex 7 is outside 0..2");
  }
}

TEST_CASE("damaged OFF files are refused with line, value and limit") {
  CHECK_THROWS_WITH(decode("OFF\n"),
                    "OFF: line 1: file ends before the counts of vertices and faces");
  CHECK_THROWS_WITH(decode("OFF\n3\n"), "OFF: line 2: counts of vertices and faces are missing");
  CHECK_THROWS_WITH(decode("OFF\n-3 1\n"), Contains("line 2: vertices -3 is outside 0.."));
  CHECK_THROWS_WITH(decode("OFF\n33554433 1 0\n"),
                    "OFF: line 2: 33554433 vertices exceed limit 33554432");
  CHECK_THROWS_WITH(decode("OFF\n1000 0 0\n0 0 0\n"),
                    "OFF: line 2: 1000 vertices need 5999 bytes, 6 remain");
  CHECK_THROWS_WITH(decode("OFF\n0 67108865 0\n"),
                    "OFF: line 2: 67108865 faces exceed limit 67108864");
  CHECK_THROWS_WITH(decode("OFF\n1 1 0\n0 x 0\n1 0\n"), "OFF: line 3: y 'x' is no finite number");
  for (const char* value : {"nan", "inf", "1e999", "1,5", "0x10", "--1", "+-1"}) {
    CHECK_THROWS_WITH(decode("OFF\n1 0 0\n0 0 " + std::string(value) + "\n"),
                      "OFF: line 3: z '" + std::string(value) + "' is no finite number");
  }
  CHECK_THROWS_WITH(decode("OFF\n1 1 0\n0 0\n1 0 0000\n"),
                    "OFF: line 3: coordinates need 3 fields, the line has 2");
  CHECK_THROWS_WITH(decode("OFF\n1 1 0\n0 0 0\n3 0 0\n"),
                    "OFF: line 4: vertices of a face need 4 fields, the line has 3");
  CHECK_THROWS_WITH(decode("OFF\n1 2 0\n0 0 0\n1 0\n\n\n"),
                    "OFF: line 6: file ends before face 2 of 2");
  CHECK_THROWS_WITH(decode("4OFF\n1 1 0\n"),
                    "OFF: line 1: 4OFF, whose vertices are not x, y, z, is not read");
  CHECK_THROWS_WITH(decode("OFF BINARY\n"), "OFF: line 1: binary OFF is not read");
}

TEST_CASE("damaged OBJ files are refused with line, value and limit") {
  CHECK_THROWS_WITH(decode("g empty\nf 1 2 3\n"), "OBJ: file has no vertices");
  CHECK_THROWS_WITH(decode("v 0 0\n"), "OBJ: line 1: coordinates need 4 fields, the line has 3");
  CHECK_THROWS_WITH(decode("v 0 0 0\nf 0 1 1\n"),
                    "OBJ: line 2: vertex 0 does not exist, indices count from 1");
  CHECK_THROWS_WITH(decode("v 0 0 0\nf 1 -2 1\n"), Contains("line 2: vertex -2 is outside -1.."));
  CHECK_THROWS_WITH(decode("v 0 0 0\nf 1 1 1\nf 1 5 3\nf 2 1 1\n"),
                    "OBJ: line 3: vertex 5 is outside 1..1");
  CHECK_THROWS_WITH(decode("v 0 0 0\nf 1/1 x/1 1/1\n"), "OBJ: line 2: vertex 'x' is no integer");
  CHECK_THROWS_WITH(decode("v 0 0 0\nf\n"), "OBJ: line 2: face has no vertices");
  CHECK_THROWS_WITH(decode("v 0 0 \\\n"), "OBJ: line 1: coordinates need 4 fields, the line has 3");
}

TEST_CASE("damaged PLY files are refused with line or offset, value and limit") {
  CHECK_THROWS_WITH(decode("ply\n"), "PLY: line 1: file ends before 'end_header'");
  CHECK_THROWS_WITH(decode("ply\nend_header\n"), "PLY: line 2: 'format' is missing");
  CHECK_THROWS_WITH(decode("ply\nformat text 1.0\n"), "PLY: line 2: unknown format 'text'");
  CHECK_THROWS_WITH(decode("ply\nproperty float x\n"),
                    "PLY: line 2: property comes before its element");
  CHECK_THROWS_WITH(decode("ply\nelement vertex 1\nproperty half x\n"),
                    "PLY: line 3: unknown type 'half'");
  CHECK_THROWS_WITH(decode("ply\nelement vertex 9999999\n"),
                    "PLY: line 2: 9999999 elements need 9999998 bytes, 0 remain");
  CHECK_THROWS_WITH(decode(kPlyVertex + "end_header\n1 2\n"),
                    "PLY: line 8: 1 further values are needed, 0 remain");
  CHECK_THROWS_WITH(decode(kPlyVertex + "end_header\n"),
                    "PLY: line 7: file ends before the last vertex");
  CHECK_THROWS_WITH(
      decode(kPlyVertex + "element face 1\nproperty list uchar int vertex_index\nend_header\n"
                          "1 2 3\n3 0 0 1\n"),
      "PLY: line 11: vertex 1 of a face is outside 0..0");
  auto cut = file_of("little.ply");
  cut.resize(cut.size() - 1);
  CHECK_THROWS_WITH(data::decode_mesh(cut), Contains("further values need"));
}

TEST_CASE("meshes cut anywhere are refused") {
  for (const char* name : {"cube.off", "glued.off", "little.ply", "big.ply"}) {
    const auto bytes = file_of(name);
    // Without its last digit and line end the text of the last face is still complete.
    const std::size_t last = std::string(name).ends_with(".off") ? bytes.size() - 1 : bytes.size();
    for (std::size_t size = 0; size < last; ++size) {
      INFO(name << " " << size);
      REQUIRE_THROWS_AS(data::decode_mesh(std::span(bytes).first(size)), Error);
    }
  }
}
