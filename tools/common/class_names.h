// Names of classes that two files give.
#pragma once

#include <string>
#include <vector>

namespace akida::cli {

// Throws kInvalid where the files, called so in the message, have different names for a class. A
// file may name fewer classes than the other, and an empty name fits every other.
void require_same_names(const std::vector<std::string>& names, const std::string& file,
                        const std::vector<std::string>& other_names, const std::string& other_file);

}  // namespace akida::cli
