// Point clouds drawn from the surfaces of many meshes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/sample_source.h"

namespace akida::data {

struct CloudOptions {
  std::int32_t points = 2048;  // of a cloud
  std::uint64_t seed = 0;
  bool center = false;  // see normalize_cloud
  int jobs = 0;         // threads, 0 for one per processor; clouds do not depend on it
  std::vector<std::string> class_names;  // where files have classes, empty: the folders, sorted
};

// Samples of the sources below: dense f32, height `points`, width 1, channels x, y, z, scaled so
// that the largest absolute coordinate is 1. The random numbers of a cloud depend on the seed and
// on its id only, so a cloud is the same in whatever company it is drawn. Ids of clouds with a
// class have its folder in front.
//
// Files are meshes where their name ends with .off, .obj or .ply; their content says which of them
// they are. An error in one names it and ends the import.

// Mesh files, gzipped or not; "-" is standard input. A folder stands for all meshes below it,
// sorted by path. `label` is the class of all; with `folder_is_class` that is the folder a file
// lies in.
[[nodiscard]] std::unique_ptr<SampleSource> open_meshes(const std::vector<std::string>& paths,
                                                        std::optional<std::int32_t> label,
                                                        bool folder_is_class, CloudOptions options);

// One set ("train", "test") of a tree like ModelNet's, <class>/<set>/<file>: a folder, read in the
// order of the paths, or an archive, read in its own order. Folders above the classes do not
// matter; what lies in "__MACOSX" or begins with a dot is passed over. Classes are those of all
// sets, sorted. Throws kInvalid where the set has no mesh.
[[nodiscard]] std::unique_ptr<SampleSource> open_modelnet(const std::string& path,
                                                          const std::string& set,
                                                          CloudOptions options);

}  // namespace akida::data
