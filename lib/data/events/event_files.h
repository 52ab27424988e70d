// Recordings of events in folders. Not installed: event_samples.cpp uses it.
#pragma once

#include <string>
#include <vector>

namespace akida::data {

// `paths` with every folder replaced by the recordings below it, sorted by path; other files there
// are passed over. Throws kInvalid where a folder has none.
[[nodiscard]] std::vector<std::string> recordings_of(const std::vector<std::string>& paths);

// The name of the folder that a file lies in. Throws kUsage for a pipe.
[[nodiscard]] std::string folder_of_recording(const std::string& path);

// The folders of all files, in alphabetical order.
[[nodiscard]] std::vector<std::string> folders_of_recordings(const std::vector<std::string>& files);

}  // namespace akida::data
