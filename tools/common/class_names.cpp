#include "common/class_names.h"

#include <algorithm>

#include "base/error.h"

namespace akida::cli {

void require_same_names(const std::vector<std::string>& names, const std::string& file,
                        const std::vector<std::string>& other_names,
                        const std::string& other_file) {
  for (std::size_t i = 0; i < std::min(names.size(), other_names.size()); ++i) {
    if (names[i].empty() || other_names[i].empty() || names[i] == other_names[i]) continue;
    fail(ErrorKind::kInvalid, "{}: class {} is '{}', in {} '{}'", file, i, names[i], other_file,
         other_names[i]);
  }
}

}  // namespace akida::cli
