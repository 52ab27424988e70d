// Option values that are several numbers parted by commas. One text: as a list, an option would
// also take the positionals behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace akida::cli {

// Finite numbers, one at least. Throws kUsage naming the option and what is no number.
[[nodiscard]] std::vector<double> parse_numbers(const std::string& option, const std::string& text);

// `fewest` to `most` whole numbers of `low`..`high`. Throws kUsage naming the option and a wrong
// number or `form`, what the text should look like.
struct IntegerList {
  std::string form;  // "W,H or W,H,C"
  std::size_t fewest = 1;
  std::size_t most = 1;
  std::int32_t low = 1;
  std::int32_t high = 65536;
};
[[nodiscard]] std::vector<std::int32_t> parse_integers(const std::string& option,
                                                       const std::string& text,
                                                       const IntegerList& list);

// "W,H": width and height, 1..65536 each. Throws kUsage.
[[nodiscard]] std::vector<std::int32_t> parse_sides(const std::string& option,
                                                    const std::string& text);

// "W,H[,W,H...]": widths and heights of anchors, above 0. Throws kUsage, also for an odd number.
[[nodiscard]] std::vector<float> parse_anchors(const std::string& option, const std::string& text);

}  // namespace akida::cli
