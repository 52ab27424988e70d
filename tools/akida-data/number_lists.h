// Lists of numbers in one text. One text, because as a list an option would also take the paths
// behind it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace akida::data_tool {

// "3,4" of `fewest` to `most` numbers of `low`..65536. Throws kUsage, naming `option` and `form`,
// what it should look like.
[[nodiscard]] std::vector<std::int32_t> parse_numbers(const std::string& option,
                                                      const std::string& text,
                                                      const std::string& form, std::size_t fewest,
                                                      std::size_t most, std::int32_t low);

// "A:B" of 64-bit numbers with 0 <= A < B; a missing A is 0, a missing B the largest number. Throws
// kUsage.
[[nodiscard]] std::pair<std::int64_t, std::int64_t> parse_time_range(const std::string& option,
                                                                     const std::string& text);

}  // namespace akida::data_tool
