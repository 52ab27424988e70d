// Values of a variable as people write them.
#pragma once

#include <string>
#include <string_view>

#include "tensor/dense.h"

namespace akida::build {

// One line per row of the last dimension, values separated by blanks; a vector has one line per
// value. Floats have the fewest digits that read back as the same value.
[[nodiscard]] std::string to_text(const Dense& values);

// Nested JSON lists in the tensor's shape, as `variables:` of an architecture file takes them.
[[nodiscard]] std::string to_json(const Dense& values);

// True where `text` is a number or begins like a JSON list: a value, not the name of a file.
[[nodiscard]] bool is_value(std::string_view text);

// A number (shape (1)) or nested JSON lists of numbers, as f64. Throws kUsage for anything else
// and for lists of unequal lengths.
[[nodiscard]] Dense parse_values(std::string_view text);

}  // namespace akida::build
