#include "data/events/event_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/utf8.h"
#include "data/events/event_reader.h"
#include "data/files_below.h"

namespace akida::data {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> recordings_below(const std::string& folder) {
  std::vector<std::string> found = files_below(folder);
  std::erase_if(found,
                [](const std::string& path) { return !is_recording(io::open_source(path)); });
  if (found.empty()) fail(ErrorKind::kInvalid, "{}: no recordings of events found", folder);
  return found;
}

}  // namespace

std::vector<std::string> recordings_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code unknown;  // opening it says what is wrong
    if (path != "-" && fs::is_directory(path, unknown)) {
      std::ranges::move(recordings_below(path), std::back_inserter(files));
    } else {
      files.push_back(path);
    }
  }
  return files;
}

std::string folder_of_recording(const std::string& path) {
  if (path == "-") fail(ErrorKind::kUsage, "standard input is in no folder that names its class");
  std::error_code ignored;
  return printable(fs::absolute(path, ignored).parent_path().filename().string());
}

std::vector<std::string> folders_of_recordings(const std::vector<std::string>& files) {
  std::set<std::string> folders;
  for (const std::string& file : files) folders.insert(folder_of_recording(file));
  return {folders.begin(), folders.end()};
}

}  // namespace akida::data
