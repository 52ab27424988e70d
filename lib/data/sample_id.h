// Names of samples and of where they come from.
#pragma once

#include <string>
#include <vector>

namespace akida::data {

// The id of the sample a file holds: its name without folders; "stdin" for "-".
[[nodiscard]] std::string id_of_path(const std::string& path);

// What messages call the samples of these files, one at least: "a.csv", "a.csv and 3 more".
[[nodiscard]] std::string name_of_files(const std::vector<std::string>& paths);

}  // namespace akida::data
