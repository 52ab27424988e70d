// The files of a sharded data set, for imagenet.cpp only. Not installed.
#pragma once

#include <string>
#include <vector>

namespace akida::data {

// The files PREFIX-NNNNN-of-MMMMM in `folder`, in order. Throws kInvalid when there are none, when
// they do not agree on their number, and naming the first one that is missing.
[[nodiscard]] std::vector<std::string> shards_of(const std::string& folder,
                                                 const std::string& prefix);

}  // namespace akida::data
