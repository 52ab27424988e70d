// Any bytes as a mesh, by what they say they are and in every format: an Error, or a mesh whose
// triangles name its vertices, whose vertices are finite and whose points can be drawn.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "data/clouds/mesh.h"
#include "data/clouds/mesh_formats.h"
#include "data/clouds/surface_sampling.h"

namespace {

using namespace akida;

void check(const data::Mesh& mesh) {
  for (const data::Point& point : mesh.vertices) {
    for (const double x : point) {
      if (!std::isfinite(x)) std::abort();
    }
  }
  for (const auto& triangle : mesh.triangles) {
    for (const std::uint32_t vertex : triangle) {
      if (vertex >= mesh.vertices.size()) std::abort();
    }
  }
  Random random(1);
  std::vector<data::Point> cloud = data::sample_surface(mesh, 4, random);
  data::normalize_cloud(cloud, true);
}

template <typename Work>
void run(const Work& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  run([&] { check(data::decode_mesh(std::as_bytes(std::span(data, size)))); });
  run([&] { check(data::decode_off(text)); });
  run([&] { check(data::decode_obj(text)); });
  run([&] { check(data::decode_ply(text)); });
  return 0;
}
