// A model's memory of the commands that made it (base/model_info.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/model_info.h"

namespace akida::cli {

// What of a command line goes into the history: the options that change the content, as words in
// a fixed order ("--seed", "7"), and the inputs other than the model itself. Directories of the
// inputs are dropped; words with spaces are quoted.
struct HistoryWords {
  std::vector<std::string> options;
  std::vector<std::string> inputs;
};

// Makes this tool the producer and appends its entry, unless `no_history`.
void record_history(ModelInfo& info, const HistoryWords& words, bool no_history = false);

// As record_history, but where the last entry is one of this tool, version and verb with the same
// options, the work goes on: the inputs it does not name yet are added to that entry.
void resume_history(ModelInfo& info, const HistoryWords& words, bool no_history = false);

}  // namespace akida::cli
