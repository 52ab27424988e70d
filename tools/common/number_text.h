// Numbers of a command line, as they must be written.
#pragma once

#include <cstdint>
#include <string>

namespace akida::cli {

// Empty where `text` is a number within the limits, else what is wrong with it: "x is not a whole
// number", "nan is not a finite number", "12 is outside 0..9". int32_t, uint32_t, int64_t,
// uint64_t, float or double; whole numbers are decimal.
template <typename Number>
[[nodiscard]] std::string check_number(const std::string& text, Number least, Number most);

// A whole number without a plus sign and zeros in front, which mean other bases elsewhere.
[[nodiscard]] std::string plain_whole_number(const std::string& text);

}  // namespace akida::cli
