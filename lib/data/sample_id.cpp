#include "data/sample_id.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/utf8.h"

namespace akida::data {

std::string id_of_path(const std::string& path) {
  return path == "-" ? "stdin" : printable(std::filesystem::path(path).filename().string());
}

std::string name_of_files(const std::vector<std::string>& paths) {
  const std::string first = paths.front() == "-" ? "stdin" : paths.front();
  return paths.size() == 1 ? first : fmt::format("{} and {} more", first, paths.size() - 1);
}

}  // namespace akida::data
