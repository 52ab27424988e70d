// The files of a folder and of the folders in it. Not installed: the imports of folders use it.
#pragma once

#include <string>
#include <vector>

namespace akida::data {

// The regular files below `folder`, sorted by path; links that lead nowhere are passed over.
// Throws kIo naming the folder.
[[nodiscard]] std::vector<std::string> files_below(const std::string& folder);

// The path of `file`, which lies below `folder`, from there on: an id (printable).
[[nodiscard]] std::string path_below(const std::string& folder, const std::string& file);

}  // namespace akida::data
