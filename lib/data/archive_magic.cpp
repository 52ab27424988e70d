#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "data/archive.h"

namespace akida::data {

bool is_archive(std::span<const std::byte> beginning) {
  using namespace std::string_view_literals;
  const std::string_view text(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  constexpr std::array kBeginnings = {"PK\3\4"sv,
                                      "PK\5\6"sv,
                                      "\x1F\x8B"sv,
                                      "BZh"sv,
                                      "\xFD"
                                      "7zXZ\0"sv,
                                      "\x28\xB5\x2F\xFD"sv};
  return std::ranges::any_of(kBeginnings, [&](auto magic) { return text.starts_with(magic); }) ||
         (text.size() >= kArchiveMagicBytes && text.substr(257, 5) == "ustar");
}

bool is_archive_file(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return false;
  return is_archive(io::open_source(path)->peek(kArchiveMagicBytes));
}

}  // namespace akida::data
