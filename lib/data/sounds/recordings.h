// The recordings of words that are there: in folders and archives, or in a list. Not installed:
// keyword_index.cpp uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace akida::data {

struct Recording {
  std::string path;  // of the file; of the archive where there is one
  std::string id;    // path below its folder, or in the archive
  std::string word;
  std::optional<std::uint64_t> archived;  // number of the entry in its archive, from 0

  [[nodiscard]] const std::string& path_in_set() const { return archived ? id : path; }
};

// `text` as an expression of ECMAScript. Throws kUsage naming `option`.
[[nodiscard]] std::regex compile_regex(const std::string& text, const char* option);

// The sound files of folders (one per word), of archives of such folders, and single ones; sorted
// below each folder, in the order of an archive. A word is the name of the folder in lower case, or
// what the first group of `label_from_name` matches in the id, where that is not empty; files
// without a match are left out. Throws kIo for paths that are not there, kUsage for pipes and wrong
// expressions, kInvalid where nothing is found.
[[nodiscard]] std::vector<Recording> find_recordings(const std::vector<std::string>& paths,
                                                     const std::string& label_from_name);

// Those of a list with lines of path, tab, word; paths are relative to the list.
[[nodiscard]] std::vector<Recording> read_recording_list(const std::string& path);

}  // namespace akida::data
