// Which of the known names did somebody mean?
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace akida {

// Levenshtein distance in bytes: insertions, deletions and substitutions cost 1 each.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// "; the nearest is 'num_neurons'" for the candidate with the smallest distance relative to the
// longer name (the first of equals), or "" where that is more than half.
[[nodiscard]] std::string nearest_hint(std::string_view name,
                                       std::span<const std::string> candidates);

}  // namespace akida
