// Names of samples.
#pragma once

#include <string>

namespace akida::data {

// `text` as a stream may hold it: control characters and bytes that are no UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string text);

// The id of the sample a file holds: its name without folders; "stdin" for "-".
[[nodiscard]] std::string id_of_path(const std::string& path);

}  // namespace akida::data
