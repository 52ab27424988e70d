// Where the meshes of an import come from: files, the tree of ModelNet in a folder or an archive.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace akida::data {

struct MeshFile {
  std::string place;   // what messages call it
  std::string id;      // of the sample, with its class in front where it has one
  std::string folder;  // its class, where folders name classes
  std::vector<std::byte> bytes;
};

class MeshFiles {
 public:
  MeshFiles() = default;
  MeshFiles(const MeshFiles&) = delete;
  MeshFiles& operator=(const MeshFiles&) = delete;
  virtual ~MeshFiles() = default;

  // What messages call all of them.
  [[nodiscard]] virtual std::string name() const = 0;

  // The names of all classes, sorted; empty where folders name none.
  [[nodiscard]] virtual std::vector<std::string> classes() const = 0;

  // The next file; false after the last one.
  [[nodiscard]] virtual bool next(MeshFile& file) = 0;

  // The share of the files handed out so far, 0..1; none where it is not known.
  [[nodiscard]] virtual std::optional<double> share() const { return std::nullopt; }
};

// See open_meshes and open_modelnet.
[[nodiscard]] std::unique_ptr<MeshFiles> mesh_files(const std::vector<std::string>& paths,
                                                    bool folder_is_class);
[[nodiscard]] std::unique_ptr<MeshFiles> modelnet_files(const std::string& path,
                                                        const std::string& set);

}  // namespace akida::data
