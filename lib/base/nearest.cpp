#include "base/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace akida {
namespace {

constexpr std::size_t kLongestName = 256;  // the distance takes quadratic time

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a's prefix to every prefix of b
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string_view nearest_of(std::string_view name, std::span<const std::string> candidates) {
  std::string_view nearest;
  double least = 0.5;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), name.size());
    if (longer == 0 || longer > kLongestName) continue;
    const double distance =
        static_cast<double>(edit_distance(name, candidate)) / static_cast<double>(longer);
    if (distance <= least && (nearest.empty() || distance < least)) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string nearest_hint(std::string_view name, std::span<const std::string> candidates) {
  const std::string_view nearest = nearest_of(name, candidates);
  if (nearest.empty()) return {};
  return "; the nearest is '" + std::string(nearest) + "'";
}

}  // namespace akida
