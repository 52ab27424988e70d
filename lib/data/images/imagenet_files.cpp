#include "data/images/imagenet_files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 5;
constexpr std::string_view kOf = "-of-";

struct Shard {
  int index = 0;
  int count = 0;
};

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return {};
  return value;
}

std::optional<Shard> shard_of(std::string_view name, std::string_view prefix) {
  if (name.size() != prefix.size() + 1 + 2 * kDigits + kOf.size() || !name.starts_with(prefix) ||
      name[prefix.size()] != '-') {
    return {};
  }
  name.remove_prefix(prefix.size() + 1);
  if (name.substr(kDigits, kOf.size()) != kOf) return {};
  const auto index = number(name.substr(0, kDigits));
  const auto count = number(name.substr(kDigits + kOf.size()));
  if (!index || !count || *index >= *count) return {};
  return Shard{*index, *count};
}

std::string name_of(const std::string& prefix, int index, int count) {
  return fmt::format("{}-{:05d}-of-{:05d}", prefix, index, count);
}

}  // namespace

std::vector<std::string> shards_of(const std::string& folder, const std::string& prefix) {
  std::vector<int> indices;
  int count = 0;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const auto shard = shard_of(name, prefix);
    if (!shard) continue;
    if (count != 0 && shard->count != count) {
      fail(ErrorKind::kInvalid, "{}: {} is one of {} files, others of {}", folder, name,
           shard->count, count);
    }
    count = shard->count;
    indices.push_back(shard->index);
  }
  if (error) fail(ErrorKind::kIo, "{}: cannot read: {}", folder, error.message());
  if (indices.empty()) {
    fail(ErrorKind::kInvalid, "{}: no files {}-NNNNN-of-MMMMM found", folder, prefix);
  }
  std::ranges::sort(indices);
  std::vector<std::string> files;
  for (int index = 0; index < count; ++index) {
    const std::string name = name_of(prefix, index, count);
    if (std::size_t(index) >= indices.size() || indices[std::size_t(index)] != index) {
      fail(ErrorKind::kInvalid, "{}: {} is missing", folder, name);
    }
    files.push_back((fs::path(folder) / name).string());
  }
  return files;
}

}  // namespace akida::data
