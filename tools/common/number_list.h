// Option values that are several numbers parted by commas. One text: as a list, an option would
// also take the positionals behind it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace akida::cli {

// Finite numbers, one at least. Throws kUsage naming the option and what is no number.
[[nodiscard]] std::vector<double> parse_numbers(const std::string& option, const std::string& text);

// "W,H": width and height, 1..65536 each. Throws kUsage.
[[nodiscard]] std::vector<std::int32_t> parse_sides(const std::string& option,
                                                    const std::string& text);

}  // namespace akida::cli
