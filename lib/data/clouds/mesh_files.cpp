#include "data/clouds/mesh_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/utf8.h"
#include "data/archive.h"
#include "data/clouds/mesh.h"
#include "data/files_below.h"
#include "data/gzip.h"
#include "data/sample_id.h"
#include "io/bytes.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

bool is_mesh_name(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 3> kEndings = {".off", ".obj", ".ply"};
  return std::ranges::find(kEndings, ending) != kEndings.end();
}

// All meshes below a folder, sorted by path.
std::vector<std::string> meshes_below(const std::string& folder) {
  std::vector<std::string> found = files_below(folder);
  std::erase_if(found, [](const std::string& path) { return !is_mesh_name(path); });
  return found;
}

std::vector<std::byte> read_mesh_file(const std::string& path) {
  return io::read_all(*open_uncompressed(path), kMaxMeshBytes);
}

class ListedFiles final : public MeshFiles {
 public:
  ListedFiles(const std::vector<std::string>& paths, bool folder_is_class)
      : folder_is_class_(folder_is_class) {
    for (const std::string& path : paths) {
      std::error_code unknown;  // opening it says what is wrong
      if (path != "-" && fs::is_directory(path, unknown)) {
        std::ranges::move(meshes_below(path), std::back_inserter(files_));
      } else {
        files_.push_back(path);
      }
    }
    if (files_.empty()) fail(ErrorKind::kInvalid, "{}: no meshes found", paths.front());
  }

  [[nodiscard]] std::string name() const override { return name_of_files(files_); }

  [[nodiscard]] std::vector<std::string> classes() const override {
    std::set<std::string> names;
    for (const std::string& file : files_) names.insert(folder_of(file));
    if (!folder_is_class_) names.clear();
    return {names.begin(), names.end()};
  }

  [[nodiscard]] std::optional<double> share() const override {
    return static_cast<double>(done_) / static_cast<double>(files_.size());
  }

  bool next(MeshFile& file) override {
    if (done_ == files_.size()) return false;
    const std::string& path = files_[done_++];
    file = {.place = path == "-" ? "stdin" : path, .id = id_of_path(path)};
    if (folder_is_class_) {
      file.folder = folder_of(path);
      file.id = file.folder + "/" + file.id;
    }
    file.bytes = read_mesh_file(path);
    return true;
  }

 private:
  static std::string folder_of(const std::string& file) {
    std::error_code ignored;
    return printable(fs::absolute(file, ignored).parent_path().filename().string());
  }

  bool folder_is_class_;
  std::vector<std::string> files_;
  std::size_t done_ = 0;
};

// --- ModelNet
// -------------------------------------------------------------------------------------

// <class>/<set>/<file> at the end of a path.
struct TreePlace {
  std::string class_name, set, file;
};

std::optional<TreePlace> tree_place(const fs::path& path) {
  std::vector<std::string> parts;
  for (const fs::path& part : path) parts.push_back(part.string());
  if (parts.size() < 3 || !is_mesh_name(path) || parts.back().starts_with('.')) return {};
  if (std::ranges::find(parts, "__MACOSX") != parts.end()) return {};
  const std::size_t end = parts.size();
  return TreePlace{printable(parts[end - 3]), parts[end - 2], printable(parts[end - 1])};
}

// The classes of a tree, and whether a set of it has any file.
class TreeClasses {
 public:
  TreeClasses(std::string name, std::string set) : name_(std::move(name)), set_(std::move(set)) {}

  void add(const TreePlace& place) {
    if (place.set != "train" && place.set != "test" && place.set != set_) return;
    names_.insert(place.class_name);
    has_set_ = has_set_ || place.set == set_;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    if (!has_set_) {
      fail(ErrorKind::kInvalid, "{}: no meshes in folders <class>/{}", name_, printable(set_));
    }
    return {names_.begin(), names_.end()};
  }

 private:
  std::string name_, set_;
  std::set<std::string> names_;
  bool has_set_ = false;
};

class TreeFolder final : public MeshFiles {
 public:
  TreeFolder(const std::string& folder, const std::string& set) : folder_(folder) {
    TreeClasses classes(folder, set);
    for (const std::string& path : meshes_below(folder)) {
      const std::optional<TreePlace> place = tree_place(fs::path(path).lexically_relative(folder));
      if (!place) continue;
      classes.add(*place);
      if (place->set == set) files_.push_back({path, *place});
    }
    classes_ = classes.names();
  }

  [[nodiscard]] std::string name() const override { return folder_; }
  [[nodiscard]] std::vector<std::string> classes() const override { return classes_; }

  [[nodiscard]] std::optional<double> share() const override {
    return static_cast<double>(done_) / static_cast<double>(files_.size());
  }

  bool next(MeshFile& file) override {
    if (done_ == files_.size()) return false;
    const auto& [path, place] = files_[done_++];
    file = {.place = path,
            .id = place.class_name + "/" + place.file,
            .folder = place.class_name,
            .bytes = read_mesh_file(path)};
    return true;
  }

 private:
  std::string folder_;
  std::vector<std::string> classes_;
  std::vector<std::pair<std::string, TreePlace>> files_;
  std::size_t done_ = 0;
};

class TreeArchive final : public MeshFiles {
 public:
  TreeArchive(const std::string& path, const std::string& set)
      : path_(path), set_(set), entries_(path) {
    TreeClasses classes(path, set);
    for (ArchiveReader entries(path); entries.next();) {
      const std::optional<TreePlace> place = tree_place(entries.entry());
      if (place) classes.add(*place);
    }
    classes_ = classes.names();
  }

  [[nodiscard]] std::string name() const override { return path_; }
  [[nodiscard]] std::vector<std::string> classes() const override { return classes_; }

  bool next(MeshFile& file) override {
    while (entries_.next()) {
      const std::optional<TreePlace> place = tree_place(entries_.entry());
      if (!place || place->set != set_) continue;
      file = {.place = entries_.entry_name(),
              .id = place->class_name + "/" + place->file,
              .folder = place->class_name,
              .bytes = io::read_all(*entries_.content(), kMaxMeshBytes)};
      return true;
    }
    return false;
  }

 private:
  std::string path_, set_;
  std::vector<std::string> classes_;
  ArchiveReader entries_;
};

}  // namespace

std::unique_ptr<MeshFiles> mesh_files(const std::vector<std::string>& paths, bool folder_is_class) {
  return std::make_unique<ListedFiles>(paths, folder_is_class);
}

std::unique_ptr<MeshFiles> modelnet_files(const std::string& path, const std::string& set) {
  std::error_code unknown;  // opening it says what is wrong
  if (fs::is_directory(path, unknown)) return std::make_unique<TreeFolder>(path, set);
  return std::make_unique<TreeArchive>(path, set);
}

}  // namespace akida::data
