// The tables of testdata/failed/README.md: which file is refused with which message.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Rows "| file | message |" whose file has one of `extensions` (".aks"), in order.
inline std::vector<std::pair<std::string, std::string>> failed_table(
    const std::filesystem::path& readme, const std::vector<std::string_view>& extensions) {
  std::ifstream file(readme);
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    const std::size_t bar = line.find(" | ");
    if (!line.starts_with("| ") || !line.ends_with(" |") || bar == std::string::npos) continue;
    const std::filesystem::path name = line.substr(2, bar - 2);
    if (std::find(extensions.begin(), extensions.end(), name.extension()) == extensions.end()) {
      continue;
    }
    rows.emplace_back(name.string(), line.substr(bar + 3, line.size() - bar - 5));
  }
  return rows;
}
