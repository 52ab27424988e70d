// Which of the known names did somebody mean?
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace akida {

// Levenshtein distance in bytes: insertions, deletions and substitutions cost 1 each.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate with the smallest distance relative to the longer name (the first of equals), or
// "" where that is more than half.
[[nodiscard]] std::string_view nearest_of(std::string_view name,
                                          std::span<const std::string> candidates);

// "; the nearest is 'num_neurons'" for nearest_of, or "" where there is none.
[[nodiscard]] std::string nearest_hint(std::string_view name,
                                       std::span<const std::string> candidates);

}  // namespace akida
