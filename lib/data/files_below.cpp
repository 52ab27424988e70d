#include "data/files_below.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/utf8.h"

namespace akida::data {

std::vector<std::string> files_below(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error)) {
    std::error_code unknown;  // a link that leads nowhere is no file
    if (it->is_regular_file(unknown)) files.push_back(it->path().string());
  }
  if (error) fail(ErrorKind::kIo, "{}: cannot read: {}", folder, error.message());
  std::ranges::sort(files);
  return files;
}

std::string path_below(const std::string& folder, const std::string& file) {
  return printable(file.substr(std::min(file.find_first_not_of('/', folder.size()), file.size())));
}

}  // namespace akida::data
