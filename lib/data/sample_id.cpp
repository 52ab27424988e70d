#include "data/sample_id.h"

#include <algorithm>
#include <filesystem>

#include "base/utf8.h"

namespace akida::data {

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  for (std::size_t at = 0; (at = find_invalid_utf8(text)) != std::string::npos;) text[at] = '?';
  return text;
}

std::string id_of_path(const std::string& path) {
  return path == "-" ? "stdin" : printable(std::filesystem::path(path).filename().string());
}

}  // namespace akida::data
